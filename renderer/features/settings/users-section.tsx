import { useState } from 'react'
import { LoginName, Role, type User } from '../../../shared/model/user.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { roleLabel } from '../../i18n/ja/labels.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { Button } from '../../ui/button.tsx'
import { CheckInput } from '../../ui/choice-input.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { focusFirstProblem } from '../../ui/focus-problem.ts'
import { Loading, Section } from '../../ui/page.tsx'
import { Tag } from '../../ui/tag.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'
import { TimeCell } from '../../ui/when.tsx'

const text = settingsText.users
const PASSWORD_MIN = 10
type Open = { readonly kind: 'new' } | { readonly kind: 'edit' | 'password'; readonly user: User }

/** 利用者: who may log in, and as what. */
export function UsersSection() {
  const { client } = useOfficeBridge()
  const { data, error, reload } = useQuery('users', () => client.users.list({}))
  const [open, setOpen] = useState<Open | undefined>(undefined)
  const close = () => {
    setOpen(undefined)
    reload()
  }
  const columns: readonly Column<User>[] = [
    { name: text.name, cell: (row) => row.displayName },
    { name: text.loginName, narrow: true, cell: (row) => row.loginName },
    { name: text.department, cell: (row) => row.department },
    { name: text.roles, cell: (row) => row.roles.map((role) => roleLabel[role]).join('、') },
    {
      name: text.state,
      narrow: true,
      cell: (row) => (
        <Tag tone={row.active ? 'green' : 'grey'}>{row.active ? text.active : text.inactive}</Tag>
      ),
    },
    { name: text.lastLogin, narrow: true, cell: (row) => <TimeCell at={row.lastLoginAt} /> },
    {
      name: '',
      narrow: true,
      cell: (row) => (
        <div className="flex gap-2">
          <Button size="small" onPress={() => setOpen({ kind: 'edit', user: row })}>
            {text.edit}
          </Button>
          {row.active ? (
            <Button size="small" onPress={() => setOpen({ kind: 'password', user: row })}>
              {text.reset}
            </Button>
          ) : null}
        </div>
      ),
    },
  ]
  return (
    <Section
      title={settingsText.sections.users}
      actions={
        <Button look="primary" onPress={() => setOpen({ kind: 'new' })}>
          {text.add}
        </Button>
      }
    >
      <Failure error={error} onRetry={reload} />
      {data ? (
        <DataTable caption={text.caption} columns={columns} rows={data.users} keyOf={(row) => row.id} />
      ) : error ? null : (
        <Loading />
      )}
      {open?.kind === 'new' ? <UserDialog user={undefined} onClose={close} /> : null}
      {open?.kind === 'edit' ? <UserDialog user={open.user} onClose={close} /> : null}
      {open?.kind === 'password' ? <PasswordDialog user={open.user} onClose={close} /> : null}
    </Section>
  )
}

function UserDialog(props: { readonly user: User | undefined; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const { user } = props
  const [form, setForm] = useState({
    loginName: user?.loginName ?? '',
    displayName: user?.displayName ?? '',
    department: user?.department ?? '',
    roles: user?.roles ?? [],
    active: user?.active ?? true,
    password: '',
  })
  const [tried, setTried] = useState(false)
  /** A new account, or one that was deactivated: its old password is gone. */
  const needsPassword = user === undefined || (!user.active && form.active)
  const [save, action] = useAction(async (): Promise<Awaited<ReturnType<typeof client.users.create>>> => {
    const { displayName, department, roles, active, loginName, password } = form
    return user
      ? ((await client.users.update({
          ...{ userId: user.id, displayName, department, roles, active },
          ...(needsPassword ? { password } : {}),
        })) as Awaited<ReturnType<typeof client.users.create>>)
      : client.users.create({ loginName, displayName, department, roles, password })
  })
  const change = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }))
  const problems = {
    displayName: form.displayName.trim() === '' ? settingsText.rules.empty : undefined,
    loginName: user || LoginName.safeParse(form.loginName).success ? undefined : text.loginWrong,
    roles: form.roles.length === 0 ? text.rolesMissing : undefined,
    password: !needsPassword || form.password.length >= PASSWORD_MIN ? undefined : text.passwordShort,
  }
  const shown: Partial<typeof problems> = tried ? problems : {}
  const confirm = async () => {
    setTried(true)
    if (Object.values(problems).some((problem) => problem !== undefined)) return focusFirstProblem()
    if ((await save()) === undefined) return
    toast(text.saved)
    props.onClose()
  }
  return (
    <ConfirmDialog
      title={user ? text.edit : text.add}
      isOpen
      onClose={props.onClose}
      confirmLabel={settingsText.save}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <TextInput
        label={text.name}
        required
        autoFocus
        value={form.displayName}
        error={shown.displayName}
        onChange={(displayName) => change({ displayName })}
      />
      {user ? null : (
        <TextInput
          label={text.loginName}
          required
          value={form.loginName}
          error={shown.loginName}
          onChange={(loginName) => change({ loginName })}
        />
      )}
      <TextInput
        label={text.department}
        value={form.department}
        onChange={(department) => change({ department })}
      />
      <RoleChecks
        roles={form.roles}
        error={shown.roles}
        onChange={(roles) => change({ roles: [...roles] })}
      />
      {user ? (
        <CheckInput
          label={text.activeLabel}
          checked={form.active}
          hint={text.inactiveHint}
          onChange={(active) => change({ active })}
        />
      ) : null}
      {needsPassword ? (
        <TextInput
          label={user ? text.passwordAgain : text.password}
          hint={text.passwordHint}
          type="password"
          autoComplete="new-password"
          required
          value={form.password}
          error={shown.password}
          onChange={(password) => change({ password })}
        />
      ) : null}
    </ConfirmDialog>
  )
}

function RoleChecks(props: {
  readonly roles: readonly Role[]
  readonly error: string | undefined
  readonly onChange: (roles: readonly Role[]) => void
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-[0.9375rem] font-bold">{text.roles}</legend>
      <div className="flex flex-wrap gap-x-5">
        {Role.options.map((role) => (
          <CheckInput
            key={role}
            label={roleLabel[role]}
            checked={props.roles.includes(role)}
            onChange={(has) =>
              props.onChange(has ? [...props.roles, role] : props.roles.filter((other) => other !== role))
            }
          />
        ))}
      </div>
      {props.error ? <p className="text-[0.875rem] text-error-2">{props.error}</p> : null}
    </fieldset>
  )
}

function PasswordDialog(props: { readonly user: User; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [password, setPassword] = useState('')
  const [reset, action] = useAction(client.users.resetPassword)
  const confirm = async () => {
    if ((await reset({ userId: props.user.id, password })) === undefined) return
    toast(text.resetDone)
    props.onClose()
  }
  return (
    <ConfirmDialog
      title={`${text.reset}：${props.user.displayName}`}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.reset}
      blocked={password.length < PASSWORD_MIN}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <TextInput
        label={text.newPassword}
        hint={text.passwordHint}
        type="password"
        autoComplete="new-password"
        autoFocus
        required
        value={password}
        onChange={setPassword}
      />
    </ConfirmDialog>
  )
}
