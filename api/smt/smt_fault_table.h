/* What is said no to: HTTP status, code, words. 1, 2076 and 5031 are known of Smart Meter
 * Texas; the others are ours (docs/api-smt.md). */
/* clang-format off */
X(SMT_NO_DATA,     200, "1",    "No data received from the respective TDSP")
X(SMT_NO_DATA_YET, 404, "1001", "There is no data of that range yet.")
X(SMT_NO_DELIVERY, 400, "2076", "API Integration is not done.")
X(SMT_BAD_FIELD,   400, "4001", "A field is missing or cannot be.")
X(SMT_BAD_DATE,    400, "4002", "Invalid Date.")
X(SMT_TERMS,       400, "4003", "SMTTermsandConditions must be Y.")
X(SMT_TOO_LARGE,   400, "4004", "More ESIIDs or days than one request may have.")
X(SMT_DAY_USED,    429, "4005", "All reports of this day are used.")
X(SMT_FOREIGN,     401, "4006", "Not authorized for one of the ESIIDs, or it does not exist.")
X(SMT_MISMATCH,    401, "4007", "Username/ServiceID Mismatch on both Header and Payload message.")
X(SMT_NOTHING,     404, "4008", "There is nothing by that number.")
X(SMT_NO_SOAP,     501, "4009", "SOAP is not spoken here.")
/* clang-format on */
