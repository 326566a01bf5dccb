import { describe, expect, it } from 'vitest'
import { parseInline, parseMarkdown } from '../../../../renderer/ui/markdown.ts'

describe('parseMarkdown', () => {
  it('reads headings, paragraphs over several lines, lists, tables, code and rules', () => {
    const text =
      '# 題\n\n一行目\n二行目\n\n- あ\n- い\n  続き\n\n1. 一\n2. 二\n\n| 名 | 値 |\n|---|---|\n| a | b |\n\n```\ncode\n```\n\n---\n'
    const blocks = parseMarkdown(text)
    expect(blocks.map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'list',
      'table',
      'code',
      'rule',
    ])
    expect(blocks[1]).toEqual({ kind: 'paragraph', content: [{ kind: 'text', text: '一行目二行目' }] })
    expect(blocks[2]).toMatchObject({ ordered: false, items: [[{ text: 'あ' }], [{ text: 'い続き' }]] })
    expect(blocks[3]).toMatchObject({ ordered: true, items: [[{ text: '一' }], [{ text: '二' }]] })
    expect(blocks[4]).toMatchObject({
      head: [[{ text: '名' }], [{ text: '値' }]],
      rows: [[[{ text: 'a' }], [{ text: 'b' }]]],
    })
  })

  it('keeps HTML as text and leads to no address outside the app', () => {
    expect(parseInline('<img src=x onerror=alert(1)>')).toEqual([
      { kind: 'text', text: '<img src=x onerror=alert(1)>' },
    ])
    expect(parseInline('[中](#/help) [外](https://example.jp)')).toEqual([
      { kind: 'link', text: '中', href: '#/help' },
      { kind: 'text', text: ' ' },
      { kind: 'text', text: '外' },
    ])
    expect(parseInline('[悪](javascript:alert(1)) **強**`符`')).toContainEqual({ kind: 'strong', text: '強' })
  })

  it('ends on any input, also on an unfinished code block or table', () => {
    expect(parseMarkdown('```\nopen')).toEqual([{ kind: 'code', text: 'open' }])
    expect(parseMarkdown('| a |\n|---|').map((block) => block.kind)).toEqual(['table'])
    expect(parseMarkdown('')).toEqual([])
  })
})
