import { z } from 'zod'

// Imported before everything else: zod asks once, when the first schema is made, whether it may build code from text;
// the content security policy forbids it and would report the attempt.
z.config({ jitless: true })
