/*
 * cleanup - deletes what stands, both families in one transaction.
 */
#include "kube-proxy-mini/cleanup.h"

#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/batch.h"
#include "kube-proxy-mini/lookup.h"
#include "kube-proxy-mini/stand_in.h"
#include "lib/base/fd.h"

int cleanup_table(int fd, const char *table, struct err *e)
{
	struct netlink_refusal refusal;
	struct batch b;
	bool is_any = false;
	int r = 0;

	batch_make(&b, table);
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (lookup_table(fd, table, (enum model_family)f)) {
			nft_table_delete(&b.heads[f]);
			is_any = true;
		}
	if (is_any)
		r = batch_send(&b, fd, &refusal, e);
	batch_free(&b);
	return r < 0 ? err_at(e, "remove the tables %s", table) : 0;
}

int cleanup_ours(struct err *e)
{
	AUTO_FD int fd = -1;
	uint32_t port;

	if (netlink_open(&fd, &port, e) < 0 ||
		cleanup_table(fd, STAND_IN_TABLE, e) < 0)
		return -1;
	return cleanup_table(fd, APPLY_TABLE, e);
}

int cleanup_peer(struct err *e)
{
	AUTO_FD int fd = -1;
	uint32_t port;

	if (netlink_open(&fd, &port, e) < 0)
		return -1;
	return cleanup_table(fd, "kube-proxy", e);
}
