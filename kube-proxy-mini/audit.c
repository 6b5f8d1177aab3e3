/*
 * audit - sums of hashes: added for each element applied, taken away for each
 * in the kernel, in any order.  What is left over was changed.
 */
#include "kube-proxy-mini/audit.h"

#include "kube-proxy-mini/diff.h"
#include "kube-proxy-mini/lookup.h"
#include "kube-proxy-mini/model_read.h"

struct audit {
	uint64_t sums[MODEL_FAMILIES][RULESET_SETS];
};

static bool is_audited(int set)
{
	return set != RULESET_AFFINITY && set != RULESET_CLASSES &&
	       set != RULESET_HAIRPIN; /* several Services may share one */
}

static uint64_t mix(uint64_t hash, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return hash;
}

static uint64_t hash_of(const struct elem *el)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	struct elem_bytes bytes;

	elem_encode(el, &bytes);
	hash = mix(hash, bytes.key, bytes.key_len);
	if (bytes.is_interval)
		hash = mix(hash, bytes.key_end, bytes.key_len);
	hash = mix(hash, bytes.data, bytes.data_len);
	return hash ^ hash >> 32; /* sums keep low bits apart worst */
}

static void add_applied(void *context, enum nft_op op, const struct elem *el,
	struct str port_name)
{
	struct audit *a = context;

	(void)op;
	(void)port_name;
	if (is_audited(el->set))
		a->sums[el->family][el->set] += hash_of(el);
}

static int take_present(
	void *context, const struct elem *el, struct str comment, struct err *e)
{
	struct audit *a = context;

	(void)comment;
	(void)e;
	a->sums[el->family][el->set] -= hash_of(el);
	return 0;
}

static int take_family(struct audit *a, int fd, const char *table,
	enum model_family family, struct err *e)
{
	for (int s = 0; s < RULESET_SETS; s++)
		if (is_audited(s) &&
			lookup_all(fd, table, family, (enum ruleset_set)s,
				take_present, a, e) < 0)
			return -1;
	return 0;
}

int audit_elements(int fd, const char *table, const struct model *m,
	const bool has_family[MODEL_FAMILIES], struct err *e)
{
	struct audit a = {0};
	struct model_entry *n = NULL;
	size_t at = 0;

	while ((n = model_each(m, &at, n)))
		diff_records(NULL, n->applied, add_applied, &a);
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (has_family[f] &&
			take_family(&a, fd, table, (enum model_family)f, e) < 0)
			return err_at(e, "compare elements");
	for (int f = 0; f < MODEL_FAMILIES; f++)
		for (int s = 0; s < RULESET_SETS; s++)
			if (a.sums[f][s])
				return 1;
	return 0;
}
