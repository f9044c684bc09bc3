-- The role of the API: reads every table, writes none.
--
-- A role belongs to the whole server, so it may be there already, and another database of the same server may be
-- making it at this moment. The migrating user becomes a member, so that the API, which connects as the same user,
-- can take the role on.
do $$
declare
    membership constant text := case when current_setting('server_version_num')::int >= 160000
                                     then 'set' else 'member' end;
begin
    if not exists (select from pg_roles where rolname = 'borough_reader') then
        begin
            create role borough_reader nologin;
        exception
            when duplicate_object or unique_violation then null;
        end;
    end if;
    if not pg_has_role(current_user, 'borough_reader', membership) then
        begin
            grant borough_reader to current_user;
        exception
            when unique_violation then null;
        end;
    end if;
    if not has_schema_privilege('borough_reader', current_schema, 'usage') then
        execute format('grant usage on schema %I to borough_reader', current_schema);
    end if;
    execute format('grant select on all tables in schema %I to borough_reader', current_schema);
    execute format('alter default privileges in schema %I grant select on tables to borough_reader', current_schema);
end
$$;
