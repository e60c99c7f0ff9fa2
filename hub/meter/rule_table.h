/* id, code, severity, threshold, unit of the threshold, words */
/* clang-format off */
/* structure: the record cannot be read */
X(RULE_STRUCTURE,      "structure",        SEV_REJECT,     0, "",          "The record is not built as its format says.")
X(RULE_FIELD,          "field",            SEV_REJECT,     0, "",          "A field holds something else than it should.")
X(RULE_TOO_LONG,       "too-long",         SEV_REJECT,     0, "",          "A line or record is longer than any real one.")
X(RULE_ESIID,          "esiid-shape",      SEV_REJECT,     0, "",          "An ESI ID is 10 and 15 or 20 more digits.")
X(RULE_OTHER_TDU,      "other-utility",    SEV_REJECT,     0, "",          "The ESI ID belongs to another utility.")
X(RULE_PREFIX,         "unknown-prefix",   SEV_FLAG,       0, "",          "No utility has registered this ESI ID prefix.")
X(RULE_NULL,           "null-interval",    SEV_REJECT,     0, "",          "An interval has no value; zero must be written as 0.")
X(RULE_NEGATIVE,       "negative",         SEV_REJECT,     0, "",          "Energy of a channel is never below zero.")
X(RULE_PRECISION,      "too-precise",      SEV_REJECT,     0, "",          "kWh have three decimals at most.")
X(RULE_COUNT,          "wrong-interval-count", SEV_REJECT, 0, "",          "The local day has another number of intervals.")
X(RULE_WHOLE_DAY,      "not-a-whole-day",  SEV_REJECT,     0, "",          "A block is exactly one local day, 00:00:00 to 23:59:59.")
X(RULE_DUPLICATE,      "duplicate-interval", SEV_REJECT,   0, "",          "The same interval stands twice in one block.")
X(RULE_OVERLAP,        "overlapping-block", SEV_FLAG,      0, "",          "Another block of this file has the same ESI ID, channel and day but other content.")
X(RULE_REPEATED,       "repeated-block",   SEV_FLAG,       0, "",          "The block stands twice in the file, or is stored already.")
X(RULE_FUTURE,         "future-date",      SEV_REJECT,     0, "days ahead", "The day is not over yet.")
X(RULE_TOO_OLD,        "too-old",          SEV_REJECT,   730, "days",      "The day is further back than the hub keeps reads.")
X(RULE_STATUS,         "unknown-status",   SEV_FLAG,       0, "",          "A status other than A and E; kept as received.")
/* identity and reference */
X(RULE_UNKNOWN_ESIID,  "unknown-esiid",    SEV_FLAG,       0, "",          "No premise of that ESI ID yet; kept, and applied when it arrives.")
X(RULE_UNKNOWN_REP,    "unknown-rep",      SEV_REJECT,     0, "",          "No REP has that PUCT certificate number.")
X(RULE_UNKNOWN_ACCOUNT, "unknown-account", SEV_FLAG,       0, "",          "No customer account of that number yet; kept, and applied when it arrives.")
X(RULE_CONFLICT,       "conflict",         SEV_REJECT,     0, "",          "The record contradicts another one of the same file and time.")
/* plausibility: never withholds a block */
X(RULE_SPIKE,          "spike",            SEV_FLAG,      20, "times the day's mean", "An interval is far above the rest of its day.")
X(RULE_ZERO_RUN,       "zero-run",         SEV_FLAG,      96, "intervals", "Only zeros for a long time.")
X(RULE_REGISTER,       "register-mismatch", SEV_FLAG,     50, "Wh",        "The intervals do not add up to the register's advance.")
X(RULE_ESTIMATES,      "estimate-streak",  SEV_FLAG,       3, "days",      "Estimated for several days in a row.")
/* the file as a whole */
X(RULE_FILE_NAME,      "file-name",        SEV_HOLD,       0, "",          "The name breaks the rule of its format.")
X(RULE_FILE_OWNER,     "file-owner",       SEV_HOLD,       0, "",          "The DUNS in the name is not the sender's.")
X(RULE_FILE_FOREIGN,   "file-foreign",     SEV_HOLD,      50, "% of records", "Most ESI IDs of the file belong to another utility.")
X(RULE_FILE_SHIFT,     "file-shift",       SEV_HOLD,      20, "% of meters", "Use jumped a hundredfold, or fell to a hundredth, for many meters at once.")
X(RULE_FILE_FUTURE,    "file-future",      SEV_HOLD,      20, "% of blocks", "Many blocks are of days that are not over.")
X(RULE_FILE_TROUBLE,   "file-trouble",     SEV_HOLD,       3, "tries",     "The hub itself failed on the file; a person must look.")
/* clang-format on */
