/*
 * Who lives at a premise: invented names, addresses under example.com and example.org,
 * telephone numbers whose exchange begins with 1, which no real number has. Some are fixed, so
 * that sandbox logins and tests know them.
 */
#ifndef SYNTH_PERSON_H
#define SYNTH_PERSON_H

#include "synth/premise.h"

struct person {
	char account[24], name[64], phone[24], email[128], address[128];
	bool business, spanish;
};

struct address { /* of a premise */
	char street[64], city[32], zip[8];
};

/* Of tenancy k. The four premises of the commercial test person have the same one. */
void person_of(const struct premise *p, int32_t k, struct person *to);
void address_of(const struct premise *p, struct address *to);

#endif
