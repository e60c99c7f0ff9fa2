/* Settings. name, type, member, default, least, most, taken on reload, help */
/* clang-format off */
X("db.conninfo",       TEXT,  db_conninfo,           "dbname=busbar", 0, 0, false,
  "How to reach PostgreSQL: a libpq connection string without the user; each process adds its role.")
X("db.standby",        TEXT,  db_standby,            "",     0,    0,    false,
  "How to reach a standby that reads are read from, once it knows that they were released. Empty: they are read from the primary.")
X("db.connections",    INT,   db_connections,        "16",    1,    100,  false,
  "Connections that one process may hold, to a standby as many again.")
X("store.path",        PATH,  store_path,            "/var/lib/busbar/store", 0, 0, false,
  "The content-addressed file store.")
X("spool.path",        PATH,  spool_path,            "/var/lib/busbar/spool", 0, 0, false,
  "Folders that are watched for files, one per utility, named by its code.")
X("keys.path",         PATH,  keys_path,             "/etc/busbar/keys", 0, 0, false,
  "Folder with the key files (pii.key, index.key, push.key, audit.key, link.key, portal.key, hook.key, consent.key), readable by the processes that need them only.")
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
X("ftps.user",          TEXT,  ftps_user,             "",     0,    0,    false,
  "Unix user that busbar-ftpsd becomes when started as root.")
X("ftps.role",          TEXT,  ftps_role,             "busbar_ftpsd", 0, 0, false,
  "Database role of busbar-ftpsd.")
X("ftps.address",       TEXT,  ftps_address,          "0.0.0.0", 0, 0, false,
  "Number addresses that FTPS listens on, parted by commas; IPv6 in brackets.")
X("ftps.port",          INT,   ftps_port,             "8021", 0,    65535, false,
  "Port of explicit FTPS (AUTH TLS); 0 for none.")
X("ftps.implicit_port", INT,   ftps_implicit_port,    "8990", 0,    65535, false,
  "Port of implicit FTPS (TLS from the first byte); 0 for none.")
X("ftps.passive_from",  INT,   ftps_passive_from,     "30000", 1024, 65535, false,
  "First port for data connections.")
X("ftps.passive_to",    INT,   ftps_passive_to,       "30999", 1024, 65535, false,
  "Last port for data connections.")
X("ftps.external",      TEXT,  ftps_external,         "",     0,    0,    false,
  "Which address PASV tells whom, behind address translation: NETWORK=ADDRESS, parted by commas, as in 10.0.0.0/8=10.1.2.3,0.0.0.0/0=203.0.113.7. The narrowest network counts; without one, the address that the client came to.")
X("ftps.any_address",   BOOL,  ftps_any_address,      "no",   0,    0,    false,
  "Take data connections from another address than the control connection's, where the account must resume its TLS session (which proves who it is). For load balancers that change addresses.")
X("ftps.certificate",   PATH,  ftps_certificate,      "/etc/busbar/tls/server.pem", 0, 0, false,
  "Certificate of FTPS, with its chain. The file is read again on SIGHUP; sessions go on.")
X("ftps.key",           PATH,  ftps_key,              "/etc/busbar/tls/server.key", 0, 0, false,
  "Its key.")
X("ftps.workers",       INT,   ftps_workers,          "0",    0,    64,   false,
  "Processes that serve sessions; 0: one a core.")
X("ftps.sessions",      INT,   ftps_sessions,         "4000", 1,    4500, false,
  "Sessions of one process. One more is refused with 421.")
X("ftps.address_sessions", INT, ftps_address_sessions, "3000", 1,   4500, false,
  "Sessions from one address in one process. One more is refused with 421.")
X("ftps.failures",      INT,   ftps_failures,         "5",    1,    100,  false,
  "Failed logins after which a connection is closed.")
X("ftps.login",         MS,    ftps_login_ms,         "60s",  1000, 3600000, false,
  "A connection that has not logged in this long after it began is closed.")
X("ftps.idle",          MS,    ftps_idle_ms,          "5m",   1000, 86400000, false,
  "A session that asks for nothing this long is ended. Transfers do not count as idle.")
X("ftps.stall",         MS,    ftps_stall_ms,         "60s",  1000, 3600000, false,
  "A transfer in which nothing moves this long is ended; what has come stays a part.")
X("ftps.connect",       MS,    ftps_connect_ms,       "30s",  1000, 600000, false,
  "How long to wait for the client's data connection, and for its TLS.")
X("ftps.rate_least",    BYTES, ftps_rate_least,       "100",  0,    INT64_C(1) << 30, false,
  "Bytes a second that a transfer must reach over a minute; 0: none.")
X("web.sockets",        PATH,  web_sockets,           "/run/busbar", 0, 0, false,
  "Folder with a folder for each process, in which its sockets for nginx are.")
X("web.user",           TEXT,  web_user,              "busbar-web", 0, 0, false,
  "Unix user of nginx's workers: nobody else (but root) is answered at those sockets.")
X("web.count_every",    MS,    web_count_every_ms,    "5m",  100,  86400000, false,
  "How often busbar-apid and busbar-portald tell the log how many requests there were.")
X("api.user",           TEXT,  api_user,              "",     0,    0,    false,
  "Unix user that busbar-apid becomes when started as root.")
X("api.grace",          MS,    api_grace_ms,          "30s",  1000, 3600000, false,
  "How long a client of busbar-apid may take before its rate counts.")
X("api.rate_least",     BYTES, api_rate_least,        "500",  1,    INT64_C(1) << 30, false,
  "Bytes a second that a client must send or take after that, over the whole request.")
X("api.role",           TEXT,  api_role,              "busbar_apid", 0, 0, false,
  "Database role of busbar-apid.")
X("api.url",            TEXT,  api_url,               "https://localhost:8444", 0, 0, false,
  "Address of the API as clients see it: scheme, host and port, no slash at the end. It is the OAuth issuer, and Green Button's links begin with it.")
X("portal.user",        TEXT,  portal_user,           "",     0,    0,    false,
  "Unix user that busbar-portald becomes when started as root.")
X("portal.role",        TEXT,  portal_role,           "busbar_portald", 0, 0, false,
  "Database role of busbar-portald.")
X("portal.url",         TEXT,  portal_url,            "https://localhost:8443", 0, 0, false,
  "Address of the portal as people see it: scheme, host and port, no slash at the end. Mails link to it, and what is sent from another origin is refused.")
X("portal.help",        TEXT,  portal_help,           "help@localhost", 0, 0, false,
  "Mailbox for people's questions, shown on every page and in every mail.")
X("portal.dwell",       MS,    portal_dwell_ms,       "3s",   0,    3600000, false,
  "A decision that comes sooner than this after its page was sent is not taken: so fast is no reader.")
X("portal.page_life",   MS,    portal_page_life_ms,   "12h",  1000, 604800000, false,
  "How long what is chosen on a page is taken after the page was sent.")
X("portal.work_bits",   INT,   portal_work_bits,      "7",    0,    16,   false,
  "Work that a browser must show for a yes: 2 to the power of this many tries of some 2 ms of a phone each. 0: none.")
X("portal.demo",        BOOL,  portal_demo,           "no",   0,    0,    false,
  "Serve /demo-third-party, a page that plays a third party, and /parts, all that pages are made of. For demos and sandboxes; nginx needs demo=yes too.")
X("push.socket",       TEXT,  push_socket,           "unix:/run/busbar-push/push.sock", 0, 0, false,
  "Where busbar-push listens and busbar-dropd finds it.")
X("push.user",         TEXT,  push_user,             "",     0,    0,    false,
  "Unix user that busbar-push becomes when started as root.")
X("push.dropd_user",   TEXT,  push_dropd_user,       "busbar-dropd", 0, 0, false,
  "The only Unix user for whom busbar-push delivers.")
X("push.children",     INT,   push_children,         "64",   1,    256,  false,
  "Deliveries that busbar-push runs at once; more are refused and tried again.")
X("push.at_once",      INT,   push_at_once,          "32",   1,    256,  false,
  "Deliveries that busbar-dropd has under way at once; of one endpoint at most two.")
X("push.ports",        TEXT,  push_ports,            "21 22 443 990 2022 2121 2222 8443", 0, 0, false,
  "Ports of partners' servers that may be connected to: numbers and ranges.")
X("push.private_networks", TEXT, push_private_networks, "", 0, 0, false,
  "Networks that are no public addresses but may be connected to all the same, as 10.1.0.0/16.")
X("push.connect",      MS,    push_connect_ms,       "20s",  100,  600000, false,
  "How long a connection to a partner's server may take.")
X("push.stall",        MS,    push_stall_ms,         "60s",  100,  3600000, false,
  "A delivery of which nothing, or less than push.least_rate, moved this long is ended.")
X("push.least_rate",   BYTES, push_least_rate_bytes, "1K",   1,    1 << 30, false,
  "Bytes a second that a partner's server must take.")
X("push.clock",        MS,    push_clock_ms,         "10m",  1000, 86400000, false,
  "How long a delivery may take in all, besides the time its bytes need at push.least_rate.")
X("push.give_up",      MS,    push_give_up_ms,       "72h",  1000, INT64_C(2592000000), false,
  "How long a delivery is tried again before both sides are told that it failed.")
X("drops.user",         TEXT,  drops_user,            "",     0,    0,    false,
  "Unix user that busbar-dropd becomes when started as root.")
X("drops.role",         TEXT,  drops_role,            "busbar_dropd", 0, 0, false,
  "Database role of busbar-dropd.")
X("drops.name",         TEXT,  drops_name,            "dropd", 0,   0,    false,
  "Name of this busbar-dropd: what one of its name had begun is built anew when it starts.")
X("drops.builders",     INT,   drops_builders,        "4",    1,    16,   false,
  "Drops that busbar-dropd builds at a time.")
X("hook.user",          TEXT,  hook_user,             "",     0,    0,    false,
  "Unix user that busbar-hookd becomes when started as root.")
X("hook.role",          TEXT,  hook_role,             "busbar_hookd", 0, 0, false,
  "Database role of busbar-hookd.")
X("hook.name",          TEXT,  hook_name,             "hookd", 0,   0,    false,
  "Name of this busbar-hookd: what one of its name was sending is due again when it starts.")
X("hook.public_key",    PATH,  hook_public_key,       "/etc/busbar/hook.pub", 0, 0, false,
  "File to which busbar keys public --of hook has gone: secrets of webhooks are sealed to it. Not a secret.")
X("hook.ports",         TEXT,  hook_ports,            "443 8443", 0, 0, false,
  "Ports of webhooks that may be connected to: numbers and ranges.")
X("hook.private_networks", TEXT, hook_private_networks, "", 0, 0, false,
  "Networks that are no public addresses but may be connected to all the same, as 10.1.0.0/16.")
X("hook.ca",            PATH,  hook_ca,               "/etc/ssl/certs", 0, 0, false,
  "Certificates that webhooks are believed by: a file, or a folder as OpenSSL names them.")
X("hook.connect",       MS,    hook_connect_ms,       "5s",   10,   60000, false,
  "How long a connection to a webhook may take.")
X("hook.timeout",       MS,    hook_timeout_ms,       "15s",  100,  120000, false,
  "How long a webhook may take to answer, in all.")
X("hook.at_once",       INT,   hook_at_once,          "64",   1,    512,  false,
  "Webhooks that busbar-hookd speaks to at once; with each of them one request is under way.")
X("hook.batch",         INT,   hook_batch,            "1000", 1,    1000, false,
  "Events in one request, at most.")
X("hook.give_up",       MS,    hook_give_up_ms,       "72h",  1000, INT64_C(2592000000), false,
  "How long a webhook that takes nothing is tried before it is paused.")
X("audit.user",         TEXT,  audit_user,            "",     0,    0,    false,
  "Unix user that busbar-auditd becomes when started as root.")
X("audit.role",         TEXT,  audit_role,            "busbar_auditd", 0, 0, false,
  "Database role of busbar-auditd.")
X("audit.origin",       TEXT,  audit_origin,          "hub.example/audit", 0, 0, false,
  "Name of the audit tree and of the key that signs it: a host name of yours and a path. It cannot be changed later.")
X("audit.look",         MS,    audit_look_ms,         "1s",   10,   60000, false,
  "How often busbar-auditd looks for new events.")
X("audit.checkpoint",   MS,    audit_checkpoint_ms,   "20s",  10,   55000, false,
  "How long after a new event, at most, a checkpoint is signed.")
X("audit.memory",       PATH,  audit_memory,          "/var/lib/busbar/audit/last", 0, 0, false,
  "File in which busbar-auditd remembers what it signed last, so that it signs nothing that contradicts it.")
X("audit.public_key",   PATH,  audit_public_key,      "/etc/busbar/audit.pub", 0, 0, false,
  "File with the public keys of the audit, for busbar audit verify. Not a secret.")
X("agreements.user",    TEXT,  agreements_user,       "",     0,    0,    false,
  "Unix user that busbar-agreementd becomes when started as root.")
X("agreements.role",    TEXT,  agreements_role,       "busbar_agreementd", 0, 0, false,
  "Database role of busbar-agreementd.")
X("agreements.name",    TEXT,  agreements_name,       "agreementd", 0, 0, false,
  "Name of this busbar-agreementd: mails that one of its name was sending are due again when it starts.")
X("mail.relay",         TEXT,  mail_relay,            "localhost", 0, 0, false,
  "Mail server that takes the hub's mails and sends them on.")
X("mail.relay_port",    INT,   mail_relay_port,       "25",   1,    65535, false,
  "Its port; 465 begins with TLS, at any other STARTTLS is asked for.")
X("mail.tls",           BOOL,  mail_tls,              "yes",  0,    0,    false,
  "Require TLS and a valid certificate of the relay. \"no\" is possible for a relay on loopback only.")
X("mail.ca",            TEXT,  mail_ca,               "",     0,    0,    false,
  "File of the certificates that the relay's is checked against; empty: the system's.")
X("mail.login",         TEXT,  mail_login,            "",     0,    0,    false,
  "Login at the relay, if it wants one.")
X("mail.password",      TEXT,  mail_password,         "",     0,    0,    false,
  "File with its password in one line, readable by busbar-agreementd alone.")
X("mail.hello",         TEXT,  mail_hello,            "localhost", 0, 0, false,
  "Name by which the hub greets the relay.")
X("mail.from",          TEXT,  mail_from,             "no-reply@busbar.invalid", 0, 0, false,
  "Address that the hub's mails come from.")
X("mail.from_name",     TEXT,  mail_from_name,        "Busbar", 0,  0,    false,
  "Name beside it, and the hub's name in its mails.")
X("mail.bounce",        TEXT,  mail_bounce,           "bounce@busbar.invalid", 0, 0, false,
  "Mailbox to which bounces go: +CODE is put before its @, and busbar-bounce reads what comes there.")
X("text.gateway",      TEXT,  text_gateway,          "",     0,    0,    false,
  "https:// address of the gateway that sends text messages: it gets {\"to\":\"+15125550100\",\"text\":\"…\"} by POST. Empty: none are sent.")
X("text.token",         TEXT,  text_token,            "",     0,    0,    false,
  "File whose first line is the gateway's token (Authorization: Bearer); empty: none.")
X("text.ca",            TEXT,  text_ca,               "/etc/ssl/certs/ca-certificates.crt", 0, 0, false,
  "File of the certificates that the gateway's is checked against.")
X("text.private_networks", TEXT, text_private_networks, "", 0, 0, false,
  "Networks that are no public addresses, where the gateway may be all the same, as 10.1.0.0/16.")
X("text.ports",         TEXT,  text_ports,            "443",  0,    0,    false,
  "Ports that the gateway may have.")
X("mail.senders",       INT,   mail_senders,          "2",    1,    16,   false,
  "Connections to the relay at a time.")
X("bounce.role",        TEXT,  bounce_role,           "busbar_bounce", 0, 0, false,
  "Database role of busbar-bounce.")
X("csp.ca",            PATH,  csp_ca,                "/etc/ssl/certs/ca-certificates.crt", 0, 0, false,
  "Authorities (PEM) that may sign the client certificates of third parties.")
X("operator.role",     TEXT,  operator_role,         "busbar_operator", 0, 0, false,
  "Database role of the busbar command.")
X("migrate.role",       TEXT,  migrate_role,          "busbar_migrate", 0, 0, false,
  "Database role that busbar migrate connects as; it may become owner.role.")
X("owner.role",        TEXT,  owner_role,            "busbar_owner", 0, 0, false,
  "Database role that owns the schema; busbar migrate uses it.")
/* clang-format on */
