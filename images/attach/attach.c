/*
 * attach - read the layout, write blobs, replace the index, read it again, and
 * remove what nothing names any more.
 */
#include "images/attach/attach.h"

#include "images/attach/attach_bundle.h"
#include "images/attach/attach_sweep.h"
#include "images/attach/attach_tag.h"
#include "images/sign/claim.h"
#include "images/sign/dsse.h"
#include "images/sign/statement.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#define IMAGE_NAME "io.containerd.image.name"

/* ---- what is signed --------------------------------------------------- */

/* The repository that a claim names: without tag. */
static struct str reference_of(const struct attach_work *w)
{
	struct str name = view_annotation(&w->view, IMAGE_NAME);
	size_t end = name.n;

	if (w->request->reference.n)
		return w->request->reference;
	while (end > 0 && name.p[end - 1] != ':' && name.p[end - 1] != '/')
		end--;
	return end > 0 && name.p[end - 1] == ':' ? str_sub(name, 0, end - 1)
						 : name;
}

/* The predicate's file may be a whole statement, as provenance is. */
static int make_statement(struct attach_work *w, struct buf *out, struct err *e)
{
	const struct attach_request *r = w->request;
	const char *hex = view_digest(w->view.image) + strlen("sha256:");
	const struct node *doc;
	struct statement s;

	if (!r->predicate_type) {
		statement_put(out, hex, STATEMENT_SIGNED, STR("{}"));
		return 0;
	}
	if (json_parse(r->predicate, &w->arena, &doc, e) < 0)
		return err_at(e, "predicate");
	if (!node_get(doc, "_type")) {
		statement_put(out, hex, r->predicate_type, r->predicate);
		return 0;
	}
	if (statement_read(r->predicate, hex, &w->arena, &s, e) < 0)
		return err_at(e, "predicate");
	if (!str_is(s.predicate_type, r->predicate_type))
		return err_kind(e, ERR_INPUT,
			"predicate: it is a statement of type %.*s, not %s",
			STR_ARG(s.predicate_type), r->predicate_type);
	buf_str(out, str_trim(r->predicate));
	return 0;
}

/* ---- the steps -------------------------------------------------------- */

static int put_claim(struct attach_work *w, struct err *e)
{
	AUTO_BUF struct buf claim = buf_growing(ATTACH_PATH_BYTES);
	unsigned char digest[SHA256_BYTES], sig[P256_SIGNATURE_BYTES];
	size_t n;

	claim_put(&claim, view_digest(w->view.image), reference_of(w));
	sha256_of(buf_view(&claim), digest);
	n = p256_sign(w->request->key->secret, digest, sig);
	return attach_tag(
		w, ENTRY_SIGNATURES, &claim, (struct str){(char *)sig, n}, e);
}

static int put_envelope(struct attach_work *w, struct str statement,
	struct str signature, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	struct json_out o = json_out(&text, 0);

	dsse_put(&o, NULL, STR(STATEMENT_TYPE), statement, signature);
	return attach_tag(w, ENTRY_ATTESTATIONS, &text, signature, e);
}

static int put_both(struct attach_work *w, struct err *e)
{
	AUTO_BUF struct buf statement = buf_growing(ATTACH_DOCUMENT_BYTES);
	unsigned char digest[SHA256_BYTES], sig[P256_SIGNATURE_BYTES];
	struct str signature = {(char *)sig, 0};

	if (make_statement(w, &statement, e) < 0 ||
		whole_check(&statement, "statement", e) < 0)
		return -1;
	dsse_digest(STR(STATEMENT_TYPE), buf_view(&statement), digest);
	signature.n = p256_sign(w->request->key->secret, digest, sig);
	if ((w->request->predicate_type ? put_envelope(w, buf_view(&statement),
						  signature, e)
					: put_claim(w, e)) < 0)
		return -1;
	return attach_bundle(w, buf_view(&statement), signature, e);
}

/* Is this entry written anew, or replaced? */
static bool is_dropped(const struct attach_work *w, const struct entry *x)
{
	const char *hex = view_digest(w->view.image) + strlen("sha256:");
	enum entry_kind kind = w->request->predicate_type ? ENTRY_ATTESTATIONS
							  : ENTRY_SIGNATURES;

	if (x->kind == kind && str_is(x->tagged, hex))
		return true;
	for (size_t i = 0; i < w->had.n; i++)
		if (w->had.items[i].entry == x && w->had.items[i].is_bundle &&
			attach_replaces(w, &w->had.items[i]))
			return true;
	return false;
}

static bool is_signature(const struct entry *x)
{
	struct str type = node_text(node_get(x->manifest, "artifactType"));

	return x->kind == ENTRY_SIGNATURES || x->kind == ENTRY_ATTESTATIONS ||
	       (x->kind == ENTRY_REFERRER && str_is(type, OCI_BUNDLE));
}

/* The entries that stay: first the others, then those of signatures. */
static int keep_rows(struct attach_work *w, bool of_signatures, struct err *e)
{
	for (size_t i = 0; i < w->view.entries.n; i++) {
		const struct entry *x = &w->view.entries.items[i];

		if (is_signature(x) == of_signatures && !is_dropped(w, x) &&
			texts_add_node(&w->rows, x->descriptor, e) < 0)
			return -1;
	}
	return 0;
}

static int write_index(const struct attach_work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	struct json_out o = json_out(&text, 0);
	char path[ATTACH_PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/index.json", w->path);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_kind(e, ERR_LIMIT, "%s: path too long", w->path);
	json_map(&o, NULL);
	for (const struct node *c = node_first(w->view.index); c; c = c->next) {
		if (!str_is(c->key, "manifests")) {
			json_node(&o, c->key.p, c);
			continue;
		}
		json_list(&o, "manifests");
		texts_put(&w->rows, &text);
		json_list_end(&o);
	}
	json_map_end(&o);
	if (whole_check(&text, path, e) < 0)
		return -1;
	return file_write(path, buf_view(&text), 0644, e);
}

/* What refers to an image of an index stands beside that index. */
static int refuse_several(const struct attach_work *w, struct err *e)
{
	if (!w->view.images)
		return 0;
	return err_kind(e, ERR_USAGE,
		"%s: it is an index of images; sign the layouts that it was "
		"joined from, and join them again",
		w->path);
}

static int change_layout(struct attach_work *w, struct err *e)
{
	AUTO_VIEW struct view now = {0};
	struct signed_list list;
	size_t others;

	if (view_open(w->path, &w->view, e) < 0 || refuse_several(w, e) < 0 ||
		signed_read(&w->view, &w->had, e) < 0 ||
		keep_rows(w, false, e) < 0)
		return -1;
	others = w->rows.n;
	if (keep_rows(w, true, e) < 0 || put_both(w, e) < 0)
		return err_at(e, "%s", w->path);
	texts_sort(&w->rows, others);
	if (write_index(w, e) < 0 || view_open(w->path, &now, e) < 0 ||
		signed_read(&now, &list, e) < 0)
		return -1;
	return attach_sweep(w->path, &w->view, &now, e);
}

/* The second signer of a layout waits for the first. */
static int lock_layout(const char *path, int *fd, struct err *e)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 && errno == ENOTDIR)
		return err_kind(e, ERR_USAGE,
			"%s: only the directory of a layout can be signed, not "
			"a tar of one",
			path);
	if (*fd < 0 || flock(*fd, LOCK_EX) < 0)
		return err_sys(e, "%s", path);
	return 0;
}

int attach_put(const char *path, const struct attach_request *r,
	struct attach_result *out, struct err *e)
{
	struct attach_work w = {
		.path = path, .request = r, .arena = arena_make(VIEW_BYTES)};
	AUTO_FD int fd = -1;
	int done;

	w.rows.arena = &w.arena;
	*out = (struct attach_result){.digest = ""};
	done = lock_layout(path, &fd, e);
	if (done == 0)
		done = change_layout(&w, e);
	if (done == 0)
		str_copy(str_of(view_digest(w.view.image)), out->digest,
			sizeof(out->digest));
	view_close(&w.view);
	arena_free(&w.arena);
	return done;
}
