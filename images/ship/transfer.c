/*
 * transfer - find the manifests, then their blobs, then send: blobs, parts of
 * indexes, what refers to the image, and the image itself under its name.
 */
#include "images/ship/transfer.h"

#include <string.h>

struct transfer {
	const struct transfer_plan *plan;
	struct transfer_items list;
	struct piece *blobs; /* in the list's arena, each once */
	size_t n, room;
	struct transfer_sums *sums;
};

/* ---- which blobs ------------------------------------------------------ */

static bool is_listed(const struct transfer *t, const char *digest)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->blobs[i].digest, digest) == 0)
			return true;
	return false;
}

static int add_blob(
	struct transfer *t, const struct node *descriptor, struct err *e)
{
	struct piece p;

	if (piece_of(descriptor, &p, e) < 0)
		return -1;
	if (node_get(descriptor, "urls"))
		return err_kind(e, ERR_INPUT,
			"%s: it lies elsewhere (urls), and is not carried",
			p.digest);
	if (is_listed(t, p.digest))
		return 0;
	if (t->n == TRANSFER_BLOBS_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d blobs", TRANSFER_BLOBS_MAX);
	t->blobs = arena_grow(
		&t->list.arena, t->blobs, t->n, &t->room, sizeof(*t->blobs));
	if (!t->blobs)
		return err_kind(e, ERR_LIMIT, "out of memory");
	t->blobs[t->n++] = p;
	return 0;
}

static int add_blobs_of(
	struct transfer *t, const struct transfer_item *x, struct err *e)
{
	const struct node *config = node_get(x->tree, "config");
	const struct node *layers = node_get(x->tree, "layers");

	if (piece_is_index(x->piece.type))
		return 0;
	if (add_blob(t, config, e) < 0)
		return err_at(e, "%s: config", x->piece.digest);
	for (const struct node *c = node_first(layers); c; c = c->next)
		if (add_blob(t, c, e) < 0)
			return err_at(e, "%s: layers", x->piece.digest);
	return 0;
}

static int find_blobs(struct transfer *t, struct err *e)
{
	uint64_t total = 0;

	for (size_t i = 0; i < t->list.n; i++)
		if (add_blobs_of(t, &t->list.items[i], e) < 0)
			return -1;
	for (size_t i = 0; i < t->n; i++)
		total += t->blobs[i].size_bytes;
	progress_expect(t->plan->progress, total);
	return 0;
}

/* ---- sending ------------------------------------------------------------- */

static void tell(
	const struct transfer *t, const struct piece *p, const char *what)
{
	progress_tell(t->plan->progress, "%.19s  %11llu bytes  %s", p->digest,
		(unsigned long long)p->size_bytes, what);
}

static int carry(struct transfer *t, const struct piece *p, struct err *e)
{
	const struct from *from = t->plan->from;
	const struct to *to = t->plan->to;
	struct from_body b = {.fd = -1};
	int done = from->blob(from->self, p, &b, e);

	if (done < 0)
		return -1;
	done = to->blob(to->self, p, &b, e);
	from->leave(from->self, p, &b);
	return done;
}

static int send_blob(struct transfer *t, const struct piece *p, struct err *e)
{
	const struct to *to = t->plan->to;
	int is_there = to->has(to->self, p, e);

	if (is_there > 0) {
		t->sums->were_there++;
		progress_add(t->plan->progress, p->size_bytes);
		tell(t, p, "there already");
		return 0;
	}
	if (is_there == 0)
		is_there = to->take_over(to->self, p, e);
	if (is_there > 0) {
		t->sums->taken_over++;
		progress_add(t->plan->progress, p->size_bytes);
		tell(t, p, "mounted");
		return 0;
	}
	if (is_there < 0 || carry(t, p, e) < 0)
		return -1;
	t->sums->sent++;
	t->sums->sent_bytes += p->size_bytes;
	tell(t, p, "done");
	return 0;
}

static int send_document(
	struct transfer *t, const struct transfer_item *x, struct err *e)
{
	const struct to *to = t->plan->to;
	const struct node *subject =
		node_path(x->tree, "subject", "digest", NULL);
	const struct to_document d = {.piece = &x->piece,
		.bytes = x->bytes,
		.tree = x->tree,
		.is_image = x->role == TRANSFER_IMAGE,
		.tag = x->role == TRANSFER_IMAGE ? t->plan->tag : x->tag,
		.subject = subject ? node_text(subject).p : NULL};
	char name[OCI_BLOB_NAME_BYTES];

	/* it may become the name of a tag */
	if (d.subject && oci_blob_name(d.subject, name, e) < 0)
		return err_at(e, "%s: subject", x->piece.digest);
	return to->document(to->self, &d, e);
}

static int send_role(struct transfer *t, enum transfer_role role, struct err *e)
{
	for (size_t i = 0; i < t->list.n; i++) {
		/* parts stand behind the index that names them */
		size_t at = role == TRANSFER_PART ? t->list.n - 1 - i : i;

		if (t->list.items[at].role == role &&
			send_document(t, &t->list.items[at], e) < 0)
			return -1;
	}
	return 0;
}

static int send_all(struct transfer *t, struct err *e)
{
	static const enum transfer_role order[] = {TRANSFER_PART,
		TRANSFER_REFERRER, TRANSFER_TAGGED, TRANSFER_IMAGE};

	for (size_t i = 0; i < t->n; i++)
		if (send_blob(t, &t->blobs[i], e) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (send_role(t, order[i], e) < 0)
			return -1;
	return t->plan->to->finish(t->plan->to->self, e);
}

static void sum_up(struct transfer *t)
{
	struct transfer_sums *s = t->sums;

	s->manifests = t->list.n;
	for (size_t i = 0; i < t->list.n; i++)
		s->referrers += t->list.items[i].role == TRANSFER_REFERRER ||
				t->list.items[i].role == TRANSFER_TAGGED;
	memcpy(s->digest, t->list.items[0].piece.digest, sizeof(s->digest));
}

int transfer_run(const struct transfer_plan *plan, struct transfer_sums *out,
	struct err *e)
{
	struct transfer t = {.plan = plan, .sums = out};
	int done;

	*out = (struct transfer_sums){.sent = 0};
	done = transfer_items_find(plan->from,
		&(struct transfer_wanted){
			.version = plan->version, .is_alone = plan->is_alone},
		&t.list, e);
	if (done == 0 && plan->digest && plan->digest[0] &&
		strcmp(plan->digest, t.list.items[0].piece.digest) != 0)
		done = err_kind(e, ERR_INPUT, "the image is %s, not %s",
			t.list.items[0].piece.digest, plan->digest);
	if (done == 0)
		done = find_blobs(&t, e);
	if (done == 0)
		done = send_all(&t, e);
	if (done == 0)
		sum_up(&t);
	progress_end(plan->progress);
	arena_free(&t.list.arena);
	return done;
}
