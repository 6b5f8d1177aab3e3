/*
 * stand_in - writes the next record of every planned Service as additions to
 * a table of another name, in a batch of its own.
 */
#include "kube-proxy-mini/kernel/stand_in.h"

#include "kube-proxy-mini/kernel/affinity.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/plan/diff.h"

#include <stdlib.h>

static void put_operation(void *context, enum nft_op op, const struct elem *el,
	struct str port_name)
{
	(void)port_name;
	batch_put(context, op, el, (struct str){"", 0});
}

/* t is our own copy: writing marks its classes as written. */
static int put_table(int fd, const struct settle *s, struct table *t,
	const struct env *env, struct err *e)
{
	const bool stands[MODEL_FAMILIES] = {true, true};
	struct netlink_refusal refusal;
	struct batch b;
	int r;

	batch_make(&b, RULESET_STAND_IN_TABLE);
	for (const struct model_entry *n = s->planned; n; n = n->next_planned)
		diff_records(NULL, n->next, put_operation, &b);
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (env->has_family[f])
			affinity_carry(
				fd, RULESET_TABLE, (enum model_family)f, &b);
	table_write(t, env, stands, &b);
	table_write_classes(t, env, s->numbers.timeouts, &b);
	r = netlink_send_batch(fd, &b, &refusal, e);
	batch_free(&b);
	return r < 0 ? err_at(e, "table " RULESET_STAND_IN_TABLE) : 0;
}

int stand_in_put(int fd, const struct settle *s, const struct table *t,
	const struct env *env, struct err *e)
{
	struct table *copy = malloc(sizeof(*copy));
	int r;

	if (!copy)
		return err_kind(e, ERR_LIMIT, "out of memory");
	*copy = *t;
	r = put_table(fd, s, copy, env, e);
	free(copy);
	return r;
}
