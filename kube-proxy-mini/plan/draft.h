/*
 * draft - turns a plan into the next record of a Service.
 *
 * It keeps what it can of the record in the kernel: the numbers of groups, and
 * the slot and id of each endpoint that remains.
 */
#ifndef KEELSON_PROXY_DRAFT_H
#define KEELSON_PROXY_DRAFT_H

#include "kube-proxy-mini/plan/numbers.h"
#include "kube-proxy-mini/plan/plan.h"
#include "lib/base/err.h"

struct draft_input {
	const struct plan *plan;
	struct model_entry *entry;
	const struct record *was; /* in the kernel, or NULL; not changed */
	struct numbers *numbers;
	uint32_t flat_max; /* slots of a group in one block (record.h) */
};

/*
 * Make the record; *out is NULL when the plan has no ports.  The arena holds
 * what is needed meanwhile.  -1: it is full, or memory is out.
 */
int draft_record(const struct draft_input *in, struct arena *a,
	struct record **out, struct err *e);

#endif
