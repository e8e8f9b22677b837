-- How far the scrubber has come in its present round through the log, and when it last came to the end (ADR 0022). A memory for going on, not
-- evidence: losing it only begins the round anew.
create table log_scrub (
    singleton    boolean     primary key default true check (singleton),
    size         bigint      not null default 0 check (size >= 0),
    completed_at timestamptz
);
insert into log_scrub default values;

-- The settings, none of them secret, that the last node to start had: what the next start's are compared with, so that a change of them is
-- recorded (ADR 0022). Canonical JSON, an object of text to text.
create table last_configuration (
    singleton  boolean     primary key default true check (singleton),
    settings   text        not null default '{}',
    changed_at timestamptz
);
insert into last_configuration default values;
