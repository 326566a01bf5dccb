import { Header } from '../components/frame.tsx'

export function LoadingPage({ text }: { readonly text: string }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <Header townName={undefined} />
      <main className="flex flex-1 items-center justify-center px-4">
        <h1 className="sr-only">{text}</h1>
        <p role="status">{text}</p>
      </main>
    </div>
  )
}
