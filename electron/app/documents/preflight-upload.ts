import type { z } from 'zod'
import type { PreflightReport as ReportModel } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { ByteSource } from '../../core/kit/byte-source.ts'
import { preflight } from '../../core/signing/pdf/preflight.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'

/** 事前確認: may this file be sent, and if not, why. Nothing is changed. */
export async function preflightUpload(
  office: Office,
  input: { readonly uploadId: string },
  context: Context,
) {
  const upload = office.uploads.find(context.connection, input.uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const source = office.archive.vault.open(upload.file.fileId)
  try {
    return ok(await preflightView(source))
  } finally {
    source.close()
  }
}

export async function preflightView(source: ByteSource): Promise<z.output<typeof ReportModel>> {
  const report = await preflight(source)
  return {
    pages: report.pages ?? 0,
    pdfVersion: report.pdfVersion ?? '',
    producer: report.producer ?? '',
    problems: report.problems.map(({ code, severity, data }) => ({ code, severity, data: { ...data } })),
    canSend: report.canSend,
    canRepair: report.canRepair,
  }
}
