/**
 * A PDF date (ISO 32000-2 §7.9.4, `D:YYYYMMDDHHmmSSOHH'mm'`) as ISO time; null when it is none. Only a claim of the
 * signer's computer.
 */
export function parsePdfDate(text: string | undefined): string | null {
  const match =
    /^(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:([+\-Z])(?:(\d{2})'?(?:(\d{2})'?)?)?)?$/.exec(
      text?.trim() ?? '',
    )
  if (match === null) return null
  const [
    ,
    year = '0',
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    sign,
    zoneHour,
    zoneMinute,
  ] = match
  const offsetMinutes =
    sign === undefined || sign === 'Z' ? 0 : Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  const time = local - (sign === '-' ? -offsetMinutes : offsetMinutes) * 60_000
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
