/* audit - the hits, each CVE and package once, with copies of its texts. */
#include "sbom/audit/audit.h"

#include <stdlib.h>

enum { AUDIT_HITS_MAX = 20000 };

static int audit_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the advisories");
}

static int audit_copy(
	struct audit *a, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(a->arena, s), s.n};
	return out->p == NULL ? audit_no_memory(e) : 0;
}

int audit_add(struct audit *a, const struct audit_found *f, struct err *e)
{
	struct audit_hit hit = {.package = f->package}, *hits;

	for (size_t i = 0; i < a->n; i++)
		if (a->hits[i].package == f->package &&
			str_ieq(a->hits[i].cve, f->cve))
			return 0;
	if (a->n == AUDIT_HITS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d advisories hit",
			AUDIT_HITS_MAX);
	if (audit_copy(a, f->cve, &hit.cve, e) < 0 ||
		audit_copy(a, f->fixed, &hit.fixed, e) < 0 ||
		audit_copy(a, str_of(f->rule), &hit.rule, e) < 0 ||
		audit_copy(a, str_of(a->feed), &hit.feed, e) < 0)
		return -1;
	hits = arena_grow(a->arena, a->hits, a->n, &a->room, sizeof(*hits));
	if (hits == NULL)
		return audit_no_memory(e);
	a->hits = hits;
	hits[a->n++] = hit;
	return 0;
}

bool audit_remains(const struct audit_hit *h)
{
	return h->verdict.n_grounds == 0 || h->verdict.status == VEX_AFFECTED ||
	       h->verdict.status == VEX_UNDER_INVESTIGATION;
}

static int audit_order(const void *a, const void *b)
{
	const struct audit_hit *x = a, *y = b;
	int order = fix_cve_order(x->cve, y->cve);

	return order != 0 ? order
			  : str_cmp(x->package->package, y->package->package);
}

void audit_sort(struct audit *a)
{
	if (a->n > 1)
		qsort(a->hits, a->n, sizeof(*a->hits), audit_order);
}
