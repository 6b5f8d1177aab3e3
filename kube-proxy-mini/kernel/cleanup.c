/*
 * cleanup - asks which families have the table, and deletes those in one
 * transaction: deleting a table that is not there would be refused.
 */
#include "kube-proxy-mini/kernel/cleanup.h"

#include "kube-proxy-mini/kernel/lookup.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "lib/base/fd.h"

#define PEER_TABLE "kube-proxy"

/* 1: some family has the table, and b deletes it; 0; -1. */
static int put_deletions(
	int fd, const char *table, struct batch *b, struct err *e)
{
	bool is_any = false;
	int r;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		r = lookup_table(fd, table, (enum model_family)f, e);
		if (r < 0)
			return -1;
		if (r > 0)
			nft_table_delete(&b->heads[f]);
		is_any |= r > 0;
	}
	return is_any;
}

int cleanup_table(int fd, const char *table, struct err *e)
{
	struct netlink_refusal refusal;
	struct batch b;
	int r;

	batch_make(&b, table);
	r = put_deletions(fd, table, &b, e);
	if (r > 0 && netlink_send_batch(fd, &b, &refusal, e) < 0)
		r = -1;
	batch_free(&b);
	return r < 0 ? err_at(e, "remove the tables %s", table) : r;
}

int cleanup_ours(struct err *e)
{
	AUTO_FD int fd = -1;

	if (netlink_open(&fd, e) < 0 ||
		cleanup_table(fd, RULESET_STAND_IN_TABLE, e) < 0)
		return -1;
	return cleanup_table(fd, RULESET_TABLE, e) < 0 ? -1 : 0;
}

int cleanup_peer(struct err *e)
{
	AUTO_FD int fd = -1;

	if (netlink_open(&fd, e) < 0)
		return -1;
	return cleanup_table(fd, PEER_TABLE, e) < 0 ? -1 : 0;
}
