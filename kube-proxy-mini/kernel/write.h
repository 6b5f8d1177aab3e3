/*
 * write - brings operations into the kernel as one netlink transaction: a
 * difference to tables that stand, or both tables anew.
 *
 * It knows the tables' size and shape (ruleset/table.h) and keeps the guard
 * informed of our own commits.  A refusal leaves the kernel as it was.
 */
#ifndef KEELSON_PROXY_WRITE_H
#define KEELSON_PROXY_WRITE_H

#include "kube-proxy-mini/kernel/guard.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/kernel/stats.h"
#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/ruleset/table.h"

struct write {
	int fd;
	struct batch batch; /* of the transaction being written */
	struct table table; /* as that transaction will leave it */
	struct guard guard;
	struct netlink_refusal refusal; /* of the last write_send() */
	bool found_tables; /* of an earlier process, when this one opened */
	bool has_stand_in;
	uint64_t replaced_at_ns; /* when the tables were last replaced */
};

/* Open the socket and check that nf_tables answers. 0 or -1. */
int write_open(struct write *w, struct err *e);

/* Remove the stand-in and close; our tables stay. */
void write_close(struct write *w);

/* A later transaction leads to this record: its chains come with this one. */
void write_expect(struct write *w, const struct record *target);

/* Add one operation to the transaction; comment may be empty. */
void write_operation(struct write *w, enum nft_op op, const struct elem *el,
	struct str comment);

/*
 * Make the transaction replace both tables, carry over what packets wrote to
 * them, and put up a stand-in for the meantime.  The operations must be those
 * of all planned Services.  -1: the kernel cannot be asked what stands.
 */
int write_whole(struct write *w, const struct settle *s, const struct env *env,
	struct err *e);

/* Add the classes that the operations need: true when some were new. */
bool write_classes(
	struct write *w, const struct settle *s, const struct env *env);

/*
 * Send.  is_new_shape: chains or sets change, so the guard must look at the
 * tables afterwards.  Counts into *stats.
 */
int write_send(struct write *w, const struct env *env, bool is_new_shape,
	struct stats *stats, struct err *e);

/* Empty the transaction, sent or not. */
void write_reset(struct write *w);

/* Nothing is known of the kernel's tables any more. */
void write_forget(struct write *w);

/* The kernel took new tables: the stand-in's time begins to run out. */
void write_note_replaced(struct write *w);

/* Remove the stand-in, if there is one: at once, or when it is due. */
int write_remove_stand_in(struct write *w, struct err *e);
int write_await_own_table(struct write *w, struct err *e);

#endif
