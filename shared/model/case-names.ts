import { unreachable } from '../result.ts'
import type { ContractKind, ContractMethod } from './case.ts'

/** The Japanese words of the glossary for 契約方法, as printed on papers and shown on screens. */
export function contractMethodName(method: ContractMethod): string {
  switch (method) {
    case 'open-bid':
      return '一般競争入札'
    case 'designated-bid':
      return '指名競争入札'
    case 'negotiated':
      return '随意契約'
    case 'proposal':
      return 'プロポーザル方式'
    case 'auction':
      return 'せり売り'
    case 'other':
      return 'その他'
  }
  return unreachable(method)
}

/** The Japanese words of the glossary for 契約種別. */
export function contractKindName(kind: ContractKind): string {
  switch (kind) {
    case 'construction':
      return '工事請負'
    case 'service':
      return '業務委託'
    case 'design':
      return '設計・測量等'
    case 'purchase':
      return '物品購入'
    case 'manufacture':
      return '製造'
    case 'lease':
      return '賃貸借'
    case 'property':
      return '財産の売買'
    case 'agreement':
      return '協定・覚書'
    case 'other':
      return 'その他'
  }
  return unreachable(kind)
}
