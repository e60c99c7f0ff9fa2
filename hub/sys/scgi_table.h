/* What nginx tells of a request; deploy/nginx/scgi.conf has the same rows. */
/* clang-format off */
X("CONTENT_LENGTH",         SCGI_CONTENT_LENGTH)
X("SCGI",                   SCGI_VERSION)
X("REQUEST_METHOD",         SCGI_METHOD)
X("REQUEST_URI",            SCGI_URI)             /* as it came, with the query */
X("REQUEST_ID",             SCGI_ID)              /* made by nginx: 32 hex digits */
X("REMOTE_ADDR",            SCGI_REMOTE)
X("SERVER_PORT",            SCGI_PORT)
X("SERVER_PROTOCOL",        SCGI_PROTOCOL)
X("TLS_PROTOCOL",           SCGI_TLS)
X("CLIENT_CERT",            SCGI_CERTIFICATE)     /* PEM, escaped; proven by TLS, by no authority */
X("HTTP_HOST",              SCGI_HOST)
X("HTTP_CONTENT_LENGTH",    SCGI_LENGTH)
X("HTTP_TRANSFER_ENCODING", SCGI_CODING)
X("HTTP_AUTHORIZATION",     SCGI_AUTHORIZATION)
X("HTTP_ACCEPT",            SCGI_ACCEPT)
X("HTTP_CONTENT_TYPE",      SCGI_TYPE)
X("HTTP_CONTENT_RANGE",     SCGI_CONTENT_RANGE)
X("HTTP_RANGE",             SCGI_RANGE)
X("HTTP_IF_RANGE",          SCGI_IF_RANGE)
X("HTTP_IF_MATCH",          SCGI_IF_MATCH)
X("HTTP_IF_NONE_MATCH",     SCGI_IF_NONE_MATCH)
X("HTTP_REPR_DIGEST",       SCGI_REPR_DIGEST)
X("HTTP_X_SHA256",          SCGI_X_SHA256)
X("HTTP_IDEMPOTENCY_KEY",   SCGI_IDEMPOTENCY)
X("HTTP_PREFER",            SCGI_PREFER)
X("HTTP_USERNAME",          SCGI_USERNAME)        /* these two of Smart Meter Texas's clients */
X("HTTP_SERVICEID",         SCGI_SERVICE_ID)
X("HTTP_COOKIE",            SCGI_COOKIE)          /* from here on: of browsers, for portald */
X("HTTP_ORIGIN",            SCGI_ORIGIN)
X("HTTP_SEC_FETCH_SITE",    SCGI_FETCH_SITE)
X("HTTP_USER_AGENT",        SCGI_AGENT)
X("HTTP_ACCEPT_LANGUAGE",   SCGI_ACCEPT_LANGUAGE)
/* clang-format on */
