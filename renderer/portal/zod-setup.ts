import { z } from 'zod'

// Imported before any schema: zod would otherwise try whether it may compile functions, which the content security policy
// refuses with an error in the console.
z.config({ jitless: true })
