/* What a client may ask for; see budget.h. */
#include "budget.h"

#include "api.h"
#include "rt/gate.h"
#include "rt/loop.h"

static const struct {
	int who;
	const char *class_;
} classes[] = {
	{ API_RATE_NORMAL, "NORMAL" },
	{ API_RATE_READS, "READS" },
	{ API_RATE_BULK, "BULK" },
	{ API_RATE_WRITE, "WRITE" },
};

struct budget {
	int32_t party, client;
	int who;
	int32_t here; /* taken, not yet used */
	int32_t used; /* and not yet told */
	int32_t most, remaining;
	uint64_t until_ms;  /* end of the window */
	struct gate asking; /* one asks for more; the others wait for what it brings */
};
static struct budget budgets[BUDGETS_MOST];

/* Four places where it may be; of those that nobody asks for, the one whose window ends first
 * makes room. What was taken by one that is forgotten is lost to its client, until the window
 * ends. NULL: all four are being asked for, or there is none and none is to be made. */
static struct budget *
place_of(int32_t party, int32_t client, int who, bool make)
{
	uint64_t h = (uint64_t)(uint32_t)party * UINT64_C(0x9e3779b97f4a7c15) ^
		     (uint64_t)(uint32_t)client * UINT64_C(0xc2b2ae3d27d4eb4f) ^
		     (uint64_t)who * UINT64_C(0x165667b19e3779f9);
	struct budget *best = NULL;

	for (unsigned i = 0; i < 4; i++) {
		struct budget *b = &budgets[(h >> (i * 12)) % BUDGETS_MOST];

		if (b->party == party && b->client == client && b->who == who)
			return b;
		if (b->asking.inside == 0 && (best == NULL || b->until_ms < best->until_ms))
			best = b;
	}
	if (!make)
		return NULL;
	if (best != NULL)
		*best = (struct budget){ .party = party,
			.client = client,
			.who = who,
			.asking = GATE(1, API_WAITING_MOST) };
	return best;
}

struct taken_row {
	int32_t granted, most, remaining, reset_s;
};
static const struct db_field taken_row[] = {
	DB_INT4(taken_row, granted),
	DB_INT4(taken_row, most),
	DB_INT4(taken_row, remaining),
	DB_INT4(taken_row, reset_s),
};

/* It is told when the next portion is taken, and before its client asks. */
static bool
tell(struct task *t, struct call *c, struct conn *db, const char *class_, struct budget *b,
    struct err *e)
{
	int32_t n = b->used;

	if (n == 0)
		return true;
	b->used = 0;
	return db_exec(t, db, SQL_API_BUDGET_USED, ARGS(P_SHOWN(c), P_TEXT(class_), P_INT4(n)),
		   NULL, e) == DB_FOUND;
}

static bool
take_more(struct task *t, struct call *c, const char *class_, struct budget *b, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	int32_t n = b->most / BUDGET_AT_ONCE > 0 ? b->most / BUDGET_AT_ONCE : 1;
	struct taken_row row;

	if (db == NULL || !tell(t, c, db, class_, b, e) ||
	    db_one(t, db, SQL_API_BUDGET_TAKE, ARGS(P_SHOWN(c), P_TEXT(class_), P_INT4(n)),
		taken_row, nitems(taken_row), &row, NULL, e) != DB_FOUND)
		return false;
	b->here = row.granted;
	b->most = row.most;
	b->remaining = row.remaining;
	b->until_ms = loop_now_ms(task_loop(t)) + (uint64_t)row.reset_s * 1000;
	return true;
}

static bool
is_out(struct task *t, const struct budget *b)
{
	return b->until_ms <= loop_now_ms(task_loop(t)) || (b->here == 0 && b->remaining > 0);
}

/* If each of those who come at once took a portion, they would have the whole of it. */
static bool
fill(struct task *t, struct call *c, const char *class_, struct budget *b, struct err *e)
{
	bool ok;

	if (!gate_enter(t, &b->asking, e))
		return err_at(e, "a client's budget");
	ok = !is_out(t, b) || take_more(t, c, class_, b, e);
	gate_leave(&b->asking);
	return ok;
}

static void
headers(struct http *r, const struct budget *b, uint64_t now_ms)
{
	long long left_s =
	    b->until_ms > now_ms ? (long long)(b->until_ms - now_ms + 999) / 1000 : 0;

	http_header(r, "RateLimit-Limit", "%d", (int)b->most);
	http_header(r, "RateLimit-Remaining", "%d", (int)(b->remaining + b->here));
	http_header(r, "RateLimit-Reset", "%lld", left_s);
	if (b->here == 0 && b->remaining == 0)
		http_header(r, "Retry-After", "%lld", left_s);
}

bool
budget_take(struct task *t, struct call *c, struct err *e)
{
	const struct caller *who = call_of(c)->caller;
	int class_ = c->route->who & API_RATE_MASK;
	const char *name = NULL;
	struct budget *b;
	bool some;

	for (size_t i = 0; i < nitems(classes); i++)
		if (classes[i].who == class_)
			name = classes[i].class_;
	if (name == NULL)
		return true;
	b = place_of(who->party, who->client, class_, true);
	if (b == NULL)
		return err(e, ERR_BUSY, "too many budgets are asked for at once");
	if (is_out(t, b) && !fill(t, c, name, b, e))
		return false;
	some = b->here > 0;
	if (some) {
		b->here--;
		b->used++;
	}
	api_count_budget(name, some);
	headers(c->http, b, loop_now_ms(task_loop(t)));
	return some ||
	       err(e, ERR_WAIT,
		   "too many requests of class %s: at most %d in a window, wait until it "
		   "ends",
		   name, (int)b->most);
}

bool
budget_tell(struct task *t, struct call *c, struct err *e)
{
	const struct caller *who = call_of(c)->caller;
	AUTO_PTR(conn) db = call_lease(t, c, e);

	if (db == NULL)
		return false;
	for (size_t i = 0; i < nitems(classes); i++) {
		struct budget *b = place_of(who->party, who->client, classes[i].who, false);

		if (b != NULL && !tell(t, c, db, classes[i].class_, b, e))
			return false;
	}
	return true;
}
