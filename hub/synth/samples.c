#include "synth/person.h"
#include "synth/run.h"

static void
put_person(struct buf *b, const char *who, const struct premise *p)
{
	struct person person;

	person_of(p, 0, &person);
	buf_fmt(b, "%s_ESIID='%s'\n%s_ACCOUNT='%s'\n", who, p->esiid, who, person.account);
	buf_fmt(b, "%s_NAME='%s'\n%s_EMAIL='%s'\n", who, person.name, who, person.email);
	buf_fmt(b, "%s_PHONE='%s'\n", who, person.phone);
	buf_fmt(b, "%s_ADDRESS='%s'\n", who, person.address);
}

bool
synth_samples(struct buf *b, struct err *e)
{
	static const char *const persons[FIXED_PREMISES] = { [SAMPLE_HOME] = "CUSTOMER1",
		[SAMPLE_SOLAR] = "CUSTOMER2",
		[SAMPLE_LARGE] = "BUSINESS1",
		[TEST_RESIDENTIAL] = "TEST_RESIDENTIAL",
		[TEST_COMMERCIAL] = "TEST_COMMERCIAL" };
	AUTO_PTR(world) w = world_new(0, SYNTH_EPOCH, e);

	if (w == NULL)
		return false;
	for (uint32_t i = 0; i < FIXED_PREMISES; i++) {
		struct premise p;
		char meter[METER_TEXT];

		premise_of(w, 0, i, &p);
		premise_meter_number(&p, 0, meter);
		if (i < SAMPLES || i >= TEST_COMMERCIAL)
			buf_fmt(b,
			    "SAMPLE_ESIID_%u='%s'\nSAMPLE_METER_%u='%s'\nSAMPLE_REP_%u='%s'\n",
			    i + 1, p.esiid, i + 1, meter, i + 1,
			    reps[premise_rep(&p, 0)].certificate);
		if (persons[i] != NULL)
			put_person(b, persons[i], &p);
	}
	return buf_ok(b) || err(e, ERR_TOO_BIG, "the samples do not fit");
}

void
synth_reps(struct buf *b)
{
	buf_c(b, "certificate,code,name\n");
	for (size_t i = 0; i < REPS; i++)
		buf_fmt(b, "%s,%s,%s\n", reps[i].certificate, reps[i].code, reps[i].name);
}
