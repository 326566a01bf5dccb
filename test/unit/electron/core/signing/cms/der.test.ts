import { describe, expect, it } from 'vitest'
import {
  childrenOf,
  DerError,
  isDer,
  readIntegerHex,
  readNode,
  readOctets,
  readOid,
  readSmallInteger,
  readText,
  readTime,
  readWhole,
} from '../../../../../../electron/core/signing/cms/der-reader.ts'
import {
  generalizedTime,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  tlv,
  utf8String,
} from '../../../../../../electron/core/signing/cms/der-writer.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

describe('the DER writer', () => {
  it('writes known encodings', () => {
    expect({
      oid: hex(oid('1.2.840.113549.1.7.2')),
      bigArc: hex(oid('2.16.840.1.101.3.4.2.1')),
      zero: hex(integer(0)),
      sign: hex(integer(128)),
      trimmed: hex(integer(bytes('0000ff'))),
      bits: hex(namedBits([0, 1])),
      noBits: hex(namedBits([])),
      utc: Buffer.from(time(Date.UTC(2049, 11, 31, 23, 59, 59)).subarray(2)).toString(),
      general: Buffer.from(time(Date.UTC(2050, 0, 1)).subarray(2)).toString(),
    }).toEqual({
      oid: '06092a864886f70d010702',
      bigArc: '0609608648016503040201',
      zero: '020100',
      sign: '02020080',
      trimmed: '020200ff',
      bits: '030206c0',
      noBits: '030100',
      utc: '491231235959Z',
      general: '20500101000000Z',
    })
  })

  it('uses the shortest length at every border', () => {
    for (const [size, header] of [
      [127, '047f'],
      [128, '048180'],
      [255, '0481ff'],
      [256, '04820100'],
      [65_536, '0483010000'],
    ] as const)
      expect(hex(octetString(new Uint8Array(size)).subarray(0, header.length / 2))).toBe(header)
  })

  it('sorts a SET OF by its encodings', () => {
    expect(hex(setOf(integer(5), integer(1), octetString(bytes('00'))))).toBe('3109020101020105040100')
  })
})

describe('the DER reader', () => {
  it('reads back what the writer wrote', () => {
    const node = readWhole(
      sequence(integer(65_537), oid('2.5.29.37.0'), utf8String('髙橋'), generalizedTime(1e12)),
    )
    const [number, type, text, moment] = childrenOf(node)
    expect([
      readSmallInteger(number),
      readOid(type),
      text === undefined ? '' : readText(text),
      readTime(moment),
    ]).toEqual([65_537, '2.5.29.37.0', '髙橋', 1e12])
    expect(isDer(node)).toBe(true)
  })

  it('accepts indefinite lengths and constructed strings, and says that they are not DER', () => {
    const ber = readWhole(bytes('308024800402616204016300000000'))
    expect(isDer(ber)).toBe(false)
    expect(Buffer.from(readOctets(childrenOf(ber)[0])).toString()).toBe('abc')
    expect(isDer(readWhole(bytes('30810302010a')))).toBe(false)
  })

  it.each(['', '30', '3005', '30840000', '3080', '1f0101', '308500000000ff', '048000 00'.replace(' ', '')])(
    'refuses %j',
    (text) => {
      expect(() => readNode(bytes(text))).toThrow(DerError)
    },
  )

  it('refuses bytes after the element, empty integers and impossible times', () => {
    expect(() => readWhole(bytes('02010100'))).toThrow(DerError)
    expect(() => readIntegerHex(readNode(bytes('0200')))).toThrow(DerError)
    for (const text of ['261322000000Z', '260132000000Z', '2601010000Z0', '260101250000Z'])
      expect(() => readTime(readNode(tlv(0x17, Buffer.from(text))))).toThrow(DerError)
  })

  it('stops at a nesting that is too deep instead of overflowing the stack', () => {
    const deep = Buffer.concat([Buffer.from('3080'.repeat(50_000), 'hex'), Buffer.alloc(100_000)])
    expect(() => readNode(deep)).toThrow('too deeply')
  })

  it('reads fractions of a second in GeneralizedTime', () => {
    expect(readTime(readNode(tlv(0x18, Buffer.from('20261122010203.25Z'))))).toBe(
      Date.UTC(2026, 10, 22, 1, 2, 3, 250),
    )
  })

  it('keeps the sign of an INTEGER, so that −1 and 255 are different serial numbers', () => {
    const hex = (der: string) => readIntegerHex(readNode(bytes(der)))
    expect(hex('0201ff')).toBe('FF')
    expect(hex('020200ff')).toBe('00FF')
    expect(hex('0202ffff')).toBe('FF')
    expect(hex('0203000005')).toBe('05')
    expect(hex('0202ff7f')).toBe('FF7F')
    expect(hex('020100')).toBe('00')
  })
})
