/* The hub's own API; see sys/route.h. */
#include "v1.h"

enum { OWNER = API_ANY_ACCOUNT | API_CLIENT, HOOK_MOST = 16 * 1024 }; /* of webhooks */
enum { NO_BODY = 0, BODY_MOST = 8 * 1024, QUERY_MOST = 64 * 1024 };

/* clang-format off */
const struct route v1_routes[] = {
	{ "GET", "/v1/me", API_LOGIN | API_PERSONAL | API_ACCESS | API_CLIENT | API_REGISTRATION,
	  NO_BODY, v1_me, "who you are, by what you show" },
	{ "GET", "/v1/premises", API_READER, NO_BODY, v1_premises,
	  "the premises that you may read something of, page by page" },
	{ "GET", "/v1/premises/{esiid}", API_READER, NO_BODY, v1_premise,
	  "one of them, with its meters and what may be read" },
	{ "GET", "/v1/changes", API_ANY_ACCOUNT | API_RATE_BULK, NO_BODY, v1_changes,
	  "premises whose reads came or were corrected behind a cursor" },
	{ "GET", "/v1/reads", API_READER | API_RATE_BULK, NO_BODY, v1_reads,
	  "reads of a list of ESI IDs, or of all that you may read" },
	{ "POST", "/v1/reads", API_READER | API_RATE_BULK | API_NOT_ONCE, QUERY_MOST, v1_reads_asked,
	  "the same, asked by a body: for long lists" },
	{ "GET", "/v1/premises/{esiid}/reads", API_READER | API_RATE_READS, NO_BODY, v1_premise_reads,
	  "reads of one premise" },
	{ "GET", "/v1/events", OWNER | API_RATE_BULK, NO_BODY, v1_events,
	  "what webhooks are told of, behind a cursor, for who would rather ask" },
	{ "GET", "/v1/webhooks", OWNER, NO_BODY, v1_webhooks, "your webhooks" },
	{ "POST", "/v1/webhooks", API_ANY_ACCOUNT | API_NOT_ONCE, HOOK_MOST, v1_webhook_add,
	  "have a program told of events; gives its secret, once" },
	{ "GET", "/v1/webhooks/{webhook}", OWNER, NO_BODY, v1_webhook, "one of them" },
	{ "PATCH", "/v1/webhooks/{webhook}", OWNER, HOOK_MOST, v1_webhook_change,
	  "another address, label or events" },
	{ "DELETE", "/v1/webhooks/{webhook}", OWNER, NO_BODY, v1_webhook_end, "tell it nothing any more" },
	{ "POST", "/v1/webhooks/{webhook}/test", OWNER, NO_BODY, v1_webhook_test, "send it a ping" },
	{ "POST", "/v1/webhooks/{webhook}/pause", OWNER, NO_BODY, v1_webhook_pause, "tell it nothing for now" },
	{ "POST", "/v1/webhooks/{webhook}/resume", OWNER, NO_BODY, v1_webhook_resume, "tell it again, from where it was" },
	{ "POST", "/v1/webhooks/{webhook}/rotate", OWNER | API_NOT_ONCE, HOOK_MOST, v1_webhook_rotate,
	  "another secret; for a day both sign" },
	{ "POST", "/v1/webhooks/{webhook}/replay", OWNER, HOOK_MOST, v1_webhook_replay,
	  "tell it again from a cursor on" },
	{ "GET", "/v1/webhooks/{webhook}/log", OWNER, NO_BODY, v1_webhook_log,
	  "what was sent to it and what came back" },
	{ "POST", "/v1/premises/{esiid}/commands", API_READER | API_RATE_WRITE, BODY_MOST, v1_command_ask,
	  "asks for a meter command: ON_DEMAND_READ" },
	{ "GET", "/v1/commands", API_READER, NO_BODY, v1_commands,
	  "meter commands that you asked for, newest first" },
	{ "GET", "/v1/commands/{command}", API_READER, NO_BODY, v1_command,
	  "what became of one" },
	{ "GET", "/v1/tdu/commands", API_LOGIN | API_RATE_READS, NO_BODY, v1_tdu_commands,
	  "a utility: takes the commands that wait for its meters, or waits for one (wait_s)" },
	{ "POST", "/v1/tdu/commands/{command}/answer", API_LOGIN | API_RATE_READS, BODY_MOST, v1_tdu_answer,
	  "a utility: what came of one" },
};
/* clang-format on */
const size_t v1_routes_n = nitems(v1_routes);
