/* What busbar-agreementd counts. */
#include "agreementd.h"
#include "sys/metrics.h"

/* clang-format off */
static struct metric mails = { "busbar_agreementd_mails_total", METRIC_COUNTER,
	"Attempts to send mails, by kind and what became of them.", .label = { "kind", "result" } };
static struct metric ticks = { "busbar_agreementd_ticks_total", METRIC_COUNTER,
	"Things that the clock of agreements did.", .label = { NULL } };
static struct metric away = { "busbar_agreementd_relay_away", METRIC_GAUGE,
	"Times in a row that the mail relay was away; 0: it answers.", .label = { NULL } };
/* clang-format on */
static struct metric *const all[] = { &mails, &ticks, &away };

void
count_mail(struct str kind, const char *result)
{
	char name[METRIC_VALUE_SIZE];

	str_copy(name, sizeof name, kind);
	metric_add(&mails, name, result, 1);
}

void
count_ticks(int64_t n)
{
	metric_add(&ticks, NULL, NULL, n);
}

void
mail_metrics(struct buf *to, void *arg)
{
	const struct agreementd *d = arg;

	metric_set(&away, NULL, NULL, d->away_times);
	metrics_write(to, all, nitems(all));
}
