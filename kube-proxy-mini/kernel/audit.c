/*
 * audit - keeps one sum of hashes for each set: every applied element adds
 * its hash, every element in the kernel takes its hash away, in any order.
 * A sum that is not zero in the end says that something was changed.
 */
#include "kube-proxy-mini/kernel/audit.h"

#include "kube-proxy-mini/kernel/guard.h"
#include "kube-proxy-mini/kernel/lookup.h"
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/plan/diff.h"

struct audit {
	uint64_t sums[MODEL_FAMILIES][RULESET_SETS];
};

static bool is_audited(int set)
{
	return set != RULESET_AFFINITY && set != RULESET_CLASSES &&
	       set != RULESET_HAIRPIN; /* several Services may share one */
}

static uint64_t hash_of(const struct elem *el)
{
	uint64_t hash = GUARD_HASH_START;
	struct elem_bytes bytes;

	elem_encode(el, &bytes);
	hash = guard_hash(hash, bytes.key, bytes.key_len);
	if (bytes.is_interval)
		hash = guard_hash(hash, bytes.key_end, bytes.key_len);
	hash = guard_hash(hash, bytes.data, bytes.data_len);
	return hash ^ hash >> 32; /* the low bits of a sum mix least */
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

static int take_family(
	struct audit *a, int fd, enum model_family family, struct err *e)
{
	struct lookup_set from = {fd, RULESET_TABLE, family, RULESET_SERVICES};

	for (int s = 0; s < RULESET_SETS; s++) {
		from.set = (enum ruleset_set)s;
		if (is_audited(s) && lookup_all(&from, take_present, a, e) < 0)
			return -1;
	}
	return 0;
}

int audit_elements(int fd, const struct model *m,
	const bool has_family[MODEL_FAMILIES], struct err *e)
{
	struct audit a = {0};
	struct model_entry *n = NULL;
	size_t at = 0;

	while ((n = model_each(m, &at, n)))
		diff_records(NULL, n->applied, add_applied, &a);
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (has_family[f] &&
			take_family(&a, fd, (enum model_family)f, e) < 0)
			return err_at(e, "compare elements");
	for (int f = 0; f < MODEL_FAMILIES; f++)
		for (int s = 0; s < RULESET_SETS; s++)
			if (a.sums[f][s])
				return 1;
	return 0;
}
