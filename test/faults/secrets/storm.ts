/** SQL after which statements on tasks fail by the words of their prompt: with the row in the message, or by a cut connection. */
export const stormy = `
  -- At once what the last of these needs: a lock that grows meets the bot's own.
  lock table tasks in access exclusive mode;
  create sequence raised;
  create sequence cut;
  create function storm() returns trigger language plpgsql as $$
  begin
    if current_query() like '%by the test%' then
      return new;
    elsif new.prompt like '%raise%' and nextval('raised') in (2, 3, 5, 8, 13, 14, 21, 22, 23, 30, 31, 40) then
      raise exception 'row %', to_jsonb(new) using detail = new.prompt, hint = new.token, errcode = '23514';
    elsif new.prompt like '%cut%' and nextval('cut') in (2, 5, 9, 12, 16) then
      perform pg_terminate_backend(pg_backend_pid());
    end if;
    return new;
  end $$;
  create trigger storm before insert or update on tasks for each row execute function storm();
  alter table tasks add constraint no_check check (prompt not like '%constraint%');
  create unique index one_prompt on tasks (prompt) where prompt like '%unique%';`;
