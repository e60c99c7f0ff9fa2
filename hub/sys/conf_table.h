/* Settings. name, type, member, default, least, most, taken on reload, help */
/* clang-format off */
X("db.conninfo",       TEXT,  db_conninfo,           "dbname=busbar", 0, 0, false,
  "How to reach PostgreSQL: a libpq connection string without the user; each process adds its role.")
X("db.connections",    INT,   db_connections,        "16",    1,    100,  false,
  "Connections that one process may hold.")
X("store.path",        PATH,  store_path,            "/var/lib/busbar/store", 0, 0, false,
  "The content-addressed file store.")
X("spool.path",        PATH,  spool_path,            "/var/lib/busbar/spool", 0, 0, false,
  "Folders that are watched for files, one per utility, named by its code.")
X("keys.path",         PATH,  keys_path,             "/etc/busbar/keys", 0, 0, false,
  "Folder with the key files (pii.key, index.key), readable by the processes that need them only.")
X("log.level",         INT,   log_level,             "6",    3,    7,    true,
  "Least urgent level that is logged: 3 error, 4 warning, 6 information, 7 debugging.")
X("ingest.user",       TEXT,  ingest_user,           "",     0,    0,    false,
  "Unix user that busbar-ingestd becomes when started as root.")
X("ingest.role",       TEXT,  ingest_role,           "busbar_ingestd", 0, 0, false,
  "Database role of busbar-ingestd.")
X("ingest.file_max",   BYTES, ingest_file_max_bytes, "2G",   1024, INT64_C(1) << 40, true,
  "Largest file taken in. A larger one is refused before it is read.")
X("ingest.plain_max",  BYTES, ingest_plain_max_bytes, "20G", 1024, INT64_C(1) << 42, true,
  "Most bytes that a compressed file may hold when unpacked.")
X("ingest.ratio_max",  INT,   ingest_ratio_max,      "100",  2,    100000, true,
  "Most times that a compressed file may grow when unpacked.")
X("ingest.batch",      INT,   ingest_batch,          "32768", 64,  1000000, true,
  "Meter-days that are sorted and copied in at a time.")
X("ingest.rejects_max", INT,  ingest_rejects_max,    "100000", 1,  10000000, true,
  "Rejected records of one file that are listed; the rest are counted.")
X("ingest.unpack",     PATH,  ingest_unpack,         "busbar-unpack", 0, 0, false,
  "The program that unpacks and reads XML in a sandbox. Without a slash: beside the running program.")
X("sftp.role",          TEXT,  sftp_role,             "busbar_sftp", 0, 0, false,
  "Database role of busbar-sftp.")
X("sftp.keys_role",     TEXT,  sftp_keys_role,        "busbar_sftp_keys", 0, 0, false,
  "Database role of busbar-sftp-keys.")
X("sftp.idle",          MS,    sftp_idle_ms,          "15m",  1000, 86400000, false,
  "An SFTP session that asks for nothing this long is ended.")
X("sftp.log",           PATH,  sftp_log,              "/dev/log", 0, 0, false,
  "Where SFTP sessions log: syslog's socket, or a file that their Unix user may append to.")
X("operator.role",     TEXT,  operator_role,         "busbar_operator", 0, 0, false,
  "Database role of the busbar command.")
X("migrate.role",       TEXT,  migrate_role,          "busbar_migrate", 0, 0, false,
  "Database role that busbar migrate connects as; it may become owner.role.")
X("owner.role",        TEXT,  owner_role,            "busbar_owner", 0, 0, false,
  "Database role that owns the schema; busbar migrate uses it.")
/* clang-format on */
