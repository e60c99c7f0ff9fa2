#include "synth/person.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "synth/draw.h"

/* The test identifiers are those of Peninsula Clean Energy's sandbox (peninsulacleanenergy.com,
 * data-connect), so that clients made for it work here. Its third set, 333-333-3333,
 * uapi-test-badlogin@example.com, 333333333-3 and suite 800, must not exist. */
static const struct person fixed[] = {
	[SAMPLE_HOME] = { "500000000-1", "Ada Merriweather", "214-100-0001",
	    "ada.merriweather@example.com", "", false, false },
	[SAMPLE_OTHER] = { "500000001-1", "Bruno Castellan", "214-100-0002",
	    "bruno.castellan@example.org", "", false, true },
	[SAMPLE_SOLAR] = { "500000002-1", "Clara Nightingale", "214-100-0003",
	    "clara.nightingale@example.com", "", false, false },
	[SAMPLE_LARGE] = { "500000003-1", "Thistlewood Foundry", "214-100-0004",
	    "energy@thistlewood-foundry.example.com", "", true, false },
	[TEST_RESIDENTIAL] = { "111111111-1", "Residential Test Customer", "111-111-1111",
	    "uapi-test-residential@example.com",
	    "333 W EL CAMINO REAL STE 600, SUNNYVALE CA 94087", false, false },
	[TEST_COMMERCIAL] = { "222222222-2", "Commercial Test Customer", "222-222-2222",
	    "uapi-test-commercial@example.com",
	    "333 W EL CAMINO REAL STE 700, SUNNYVALE CA 94087", true, false },
};

void
address_of(const struct premise *p, struct address *to)
{
	const char *const *cities = premise_area(p)->cities;
	uint32_t n = 0;
	struct str city, zip;

	while (cities[n] != NULL)
		n++;
	str_cut(str_of(cities[draw_below(p->key, FOR_ADDRESS, 0, n)]), ',', &city, &zip);
	snprintf(to->street, sizeof to->street, "%u %s",
	    100 + draw_below(p->key, FOR_ADDRESS, 1, 9800),
	    street_names[draw_below(p->key, FOR_ADDRESS, 2, nitems(street_names))]);
	snprintf(to->city, sizeof to->city, STR_FMT, STR_ARG(city));
	snprintf(to->zip, sizeof to->zip, STR_FMT, STR_ARG(zip));
}

static void
write_address(const struct premise *p, struct person *to)
{
	struct address a;

	if (to->address[0] != '\0')
		return;
	address_of(p, &a);
	snprintf(to->address, sizeof to->address, "%s, %s TX %s", a.street, a.city, a.zip);
}

static void
lower(char *s)
{
	for (; *s != '\0'; s++)
		*s = *s == ' ' ? '-' : (char)tolower((unsigned char)*s);
}

void
person_of(const struct premise *p, int32_t k, struct person *to)
{
	uint64_t key = draw(p->key, FOR_PERSON, (uint64_t)k);
	const char *first = first_names[key % nitems(first_names)];
	const char *last = last_names[(key >> 8) % nitems(last_names)];
	const char *trade = p->class == CLASS_LARGE ? works[(key >> 16) % nitems(works)]
						    : trades[(key >> 16) % nitems(trades)];

	memset(to, 0, sizeof *to);
	if (p->fixed) {
		*to = fixed[p->index < nitems(fixed) ? p->index : TEST_COMMERCIAL];
		write_address(p, to);
		return;
	}
	to->business = p->class >= CLASS_SHOP;
	to->spanish = key >> 56 < 56;
	snprintf(
	    to->account, sizeof to->account, "%u%08u-%d", 5u + p->tdu, p->index, (int)k + 1);
	snprintf(to->name, sizeof to->name, "%s %s", to->business ? last : first,
	    to->business ? trade : last);
	snprintf(to->phone, sizeof to->phone, "%s-1%02u-%04u", premise_area(p)->phone_area,
	    (p->index * 8u + (unsigned)k % 8u) / 10000 % 100,
	    (p->index * 8u + (unsigned)k % 8u) % 10000);
	snprintf(to->email, sizeof to->email, "%s.%u%08u.%d@example.%s", to->name, 5u + p->tdu,
	    p->index, (int)k + 1, key >> 63 ? "com" : "org");
	lower(to->email);
	write_address(p, to);
}
