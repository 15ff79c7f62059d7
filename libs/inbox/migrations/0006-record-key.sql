-- Keys of records that others wrote may be any bytes.
alter table inbox_parked alter column record_key type bytea using convert_to(record_key, 'UTF8');
