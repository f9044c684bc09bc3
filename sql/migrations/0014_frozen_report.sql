-- Reports as they were tabled: what a report said, and the files that were made of it, kept for ever.
--
-- The key is the SHA-256 of the document: the same figures and words are the same frozen report. Nothing refers to a
-- release or an area by key, for a frozen report outlives both.

create table frozen_report (
    hash        text        not null primary key check (hash ~ '^[0-9a-f]{64}$'),
    area_code   text        not null,
    slug        text        not null,
    title       text        not null,
    meeting     date,
    release     text        not null,
    is_sample   boolean     not null,
    app_version text        not null,
    frozen_at   timestamptz not null default now(),
    document    bytea       not null check (hash = encode(sha256(document), 'hex'))
);

create index frozen_report_area on frozen_report (area_code, frozen_at desc);

-- One file for each format, as it was first sent.
create table frozen_file (
    hash       text  not null references frozen_report,
    format     text  not null check (format ~ '^[a-z]+$'),
    media_type text  not null,
    policy     text,
    body       bytea not null,
    primary key (hash, format)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a frozen report does not change: freeze another one';
end
$$;

create trigger frozen_report_stays before update or delete or truncate on frozen_report
    for each statement execute function refuse_change();
create trigger frozen_file_stays before update or delete or truncate on frozen_file
    for each statement execute function refuse_change();
