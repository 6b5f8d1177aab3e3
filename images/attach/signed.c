/*
 * signed - entry by entry of the index, layer by layer of each.
 *
 * A document is parsed once by us and again by other readers, so keys that two
 * of them could take differently are refused.
 */
#include "images/attach/signed.h"

#include "images/read/spelling.h"
#include "images/sign/bundle.h"
#include "images/sign/claim.h"
#include "images/sign/statement.h"
#include "lib/base/base64.h"

#include <string.h>

static const char *const signed_keys[] = {"mediaType", "verificationMaterial",
	"publicKey", "hint", "dsseEnvelope", "messageSignature", "payload",
	"payloadType", "signatures", "sig", "keyid", "critical", "identity",
	"docker-reference", "image", "docker-manifest-digest", "type",
	"optional", NULL};

struct reading {
	struct view *view;
	struct signed_list *list;
	const struct entry *entry;
	const struct node *layer;
};

static const char *image_hex(const struct view *v)
{
	return view_digest(v->image) + strlen("sha256:");
}

static int add_item(
	struct reading *r, const struct signed_item *x, struct err *e)
{
	struct signed_list *l = r->list;
	struct signed_item *items;

	if (l->n == SIGNED_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d signatures", SIGNED_MAX);
	items = arena_grow(
		&r->view->arena, l->items, l->n, &l->room, sizeof(*items));
	if (!items)
		return err_kind(e, ERR_LIMIT, "out of memory");
	l->items = items;
	items[l->n] = *x;
	items[l->n].entry = r->entry;
	items[l->n++].layer = r->layer;
	return 0;
}

/* An envelope about the image; one item for each of its signatures. */
static int add_envelope(struct reading *r, const struct dsse *d,
	struct signed_item x, struct err *e)
{
	struct statement s;

	if (!str_is(d->type, STATEMENT_TYPE))
		return err_kind(e, ERR_INPUT,
			"payloadType is \"%.*s\", not " STATEMENT_TYPE,
			STR_ARG(d->type));
	if (statement_read(
		    d->payload, image_hex(r->view), &r->view->arena, &s, e) < 0)
		return -1;
	if (!str_is(s.predicate_type, STATEMENT_SIGNED))
		x.predicate = s.predicate_type;
	dsse_digest(d->type, d->payload, x.digest);
	x.is_alone = d->n == 1;
	for (size_t i = 0; i < d->n; i++) {
		x.signature = d->signatures[i];
		if (add_item(r, &x, e) < 0)
			return -1;
	}
	return 0;
}

static int parse_layer(
	struct reading *r, const struct node **doc, struct err *e)
{
	if (view_document(r->view, r->layer, doc, e) < 0)
		return -1;
	return spelling_check(*doc, signed_keys, e);
}

static int read_bundle(struct reading *r, struct err *e)
{
	const struct node *doc;
	struct bundle b;

	if (parse_layer(r, &doc, e) < 0 ||
		bundle_read(doc, &r->view->arena, &b, e) < 0)
		return -1;
	return add_envelope(r, &b.envelope,
		(struct signed_item){.is_bundle = true, .hint = b.hint}, e);
}

static int read_envelope(struct reading *r, struct err *e)
{
	const struct node *doc;
	struct dsse d;

	if (parse_layer(r, &doc, e) < 0 ||
		dsse_read(doc, &r->view->arena, &d, e) < 0)
		return -1;
	return add_envelope(r, &d, (struct signed_item){0}, e);
}

static int read_claim(struct reading *r, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(BLOB_BYTES);
	struct signed_item x = {.is_alone = true};
	const struct node *doc;

	if (parse_layer(r, &doc, e) < 0 ||
		blob_read(&r->view->source, r->layer, &text, e) < 0 ||
		claim_check(buf_view(&text), view_digest(r->view->image),
			&r->view->arena, e) < 0 ||
		dsse_bytes(node_get(r->layer, "annotations"), CLAIM_KEY,
			&r->view->arena, &x.signature, e) < 0)
		return -1;
	sha256_of(buf_view(&text), x.digest);
	return add_item(r, &x, e);
}

static int read_tagged(struct reading *r, struct err *e)
{
	const struct node *layers = node_get(r->entry->manifest, "layers");
	bool is_claim = r->entry->kind == ENTRY_SIGNATURES;

	for (r->layer = node_first(layers); r->layer;
		r->layer = r->layer->next) {
		struct str type = node_text(node_get(r->layer, "mediaType"));

		if (!str_is(type, is_claim ? OCI_CLAIM : OCI_ENVELOPE))
			return err_kind(e, ERR_INPUT,
				"%.*s is no place for %.*s",
				STR_ARG(r->entry->tagged), STR_ARG(type));
		if ((is_claim ? read_claim(r, e) : read_envelope(r, e)) < 0)
			return err_at(e, "%s", view_digest(r->layer));
	}
	return 0;
}

static int read_referrer(struct reading *r, struct err *e)
{
	const struct node *layers = node_get(r->entry->manifest, "layers");
	struct str type =
		node_text(node_get(r->entry->manifest, "artifactType"));

	if (!str_is(type, OCI_BUNDLE) ||
		!view_is_subject(r->view, r->entry->manifest))
		return 0;
	r->layer = node_first(layers);
	if (!r->layer || r->layer->next)
		return err_kind(e, ERR_INPUT, "%s: not exactly one bundle",
			view_digest(r->entry->descriptor));
	return read_bundle(r, e) < 0 ? err_at(e, "%s", view_digest(r->layer))
				     : 0;
}

static int read_entry(struct reading *r, struct err *e)
{
	if (r->entry->kind == ENTRY_REFERRER)
		return read_referrer(r, e);
	if (r->entry->kind == ENTRY_IMAGE ||
		!str_is(r->entry->tagged, image_hex(r->view)))
		return 0;
	return read_tagged(r, e);
}

int signed_read(struct view *v, struct signed_list *out, struct err *e)
{
	struct reading r = {.view = v, .list = out};

	*out = (struct signed_list){.n = 0};
	for (size_t i = 0; i < v->entries.n; i++) {
		r.entry = &v->entries.items[i];
		if (read_entry(&r, e) < 0)
			return err_at(e, "%s: signature", v->path);
	}
	return 0;
}

int signed_by(
	const struct signed_item *x, const struct sign_key *k, struct err *e)
{
	if (p256_verify(k->point, x->digest, x->signature))
		return 1;
	if (!x->is_alone || !bundle_names(x->hint, k->id))
		return 0;
	return err_kind(e, ERR_INPUT,
		"signature: %s: it names the key sha256:%s, which did not make "
		"it: the signature or what it signs was changed",
		view_digest(x->layer), k->fingerprint);
}
