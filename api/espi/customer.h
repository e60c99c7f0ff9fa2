/* The customer feed under way, for customer.c and customer_put.c. */
#ifndef API_ESPI_CUSTOMER_H
#define API_ESPI_CUSTOMER_H

#include "espi.h"
#include "sys/secret.h"

#define CUSTOMER_NS "xmlns=\"http://naesb.org/espi/customer\""

struct customer_row { /* of espi.customers(): a premise and who occupies it */
	struct str esiid, zone, subscription, retail_customer, kind, language, street, city,
	    state, zip, supplier, meter;
	struct str index, account_sealed, name_sealed, address_sealed, phone_sealed,
	    email_sealed;
	int32_t customer, interval_s;
	int64_t made_at, signed_at, starts_at, ends_at;
	bool agreement, location;
};

struct people {
	const struct keys *keys;
	struct espi_out out;
	struct customer_row row;
	struct str tail;      /* what is asked for */
	bool file;	      /* a customer's own */
	bool root;	      /* of one kind, of all that the caller may see */
	bool all, one, found; /* a batch; one entry; there is such a thing */
	char customer[ESPI_HREF_SIZE], account[ESPI_HREF_SIZE]; /* addresses of the row's */
};

/* customer_put.c: what stands in the entry of each kind. */
void customer_put(struct people *p);
void account_put(struct people *p);
void agreement_put(struct people *p);
void supplier_put(struct people *p);
void location_put(struct people *p);
void meter_put(struct people *p);

struct statement_row { /* of espi.statements(): a bill */
	struct str retail_customer, subscription, esiid;
	int32_t customer, first_day, last_day;
	int64_t issued_at, made_at;
};
void statement_put(struct people *p, const struct statement_row *s);

#endif
