/** Two rules no linter brings: an error is handled or passed on, never dropped. */
const noEmptyCatch = {
  create: (context) => ({
    CatchClause(node) {
      if (node.body.body.length === 0) {
        context.report({ node, message: 'Empty catch: handle the error or let it pass.' })
      }
    },
  }),
}

const noNamelessRejection = {
  create: (context) => ({
    CallExpression({ callee, arguments: handlers }) {
      if (callee.type !== 'MemberExpression' || callee.property.name !== 'catch') return
      for (const node of handlers) {
        if (node.type === 'ArrowFunctionExpression' && node.params.length === 0) {
          context.report({ node, message: 'Swallowed rejection: name the error and do something with it.' })
        }
      }
    },
  }),
}

export default {
  meta: { name: 'swallowed-errors' },
  rules: { 'no-empty-catch': noEmptyCatch, 'no-nameless-rejection': noNamelessRejection },
}
