/*
 * gather_image - what the image says of itself: names, how it runs, its tree,
 * and what its SBOM says of each file; and who signed it.
 */
#include "images/report/gather_parts.h"

#include "lib/arc/sha256.h"

#include <string.h>

enum {
	IMAGE_TEXT_MAX = 1 << 20,
	/* Files up to which the SBOM is searched for each. */
	IMAGE_NOTES_MAX = 4096,
};

/* ---- files ---- */

static struct str image_kind(enum tar_type type)
{
	if (type == TAR_FILE)
		return STR("file");
	if (type == TAR_HARD_LINK)
		return STR("hard link");
	if (type == TAR_SYMLINK)
		return STR("link");
	return type == TAR_DIR ? STR("directory") : STR("special file");
}

/* What the SBOM says of a file: "./PATH". */
static struct str image_note(const struct gather *g, struct str path)
{
	const struct node *f = node_first(node_get(g->spdx, "files"));

	for (; f != NULL; f = f->next) {
		struct str name = node_text(node_get(f, "fileName"));

		if (str_has_prefix(name, STR("./")) &&
			str_eq(str_sub(name, 2, name.n), path))
			return node_text(node_get(f, "comment"));
	}
	return (struct str){0};
}

static int image_files(struct gather *g, struct err *e)
{
	struct page *p = g->page;

	if (gather_room(g, g->layer.n, sizeof(*p->files), &p->files, e) < 0)
		return -1;
	for (size_t i = 0; i < g->layer.n; i++) {
		const struct listed *x = &g->layer.items[i];
		bool has_note =
			x->type != TAR_DIR && g->layer.n < IMAGE_NOTES_MAX;

		p->files[p->n_files++] = (struct page_file){
			.path = x->path,
			.link = x->link,
			.sha256 = x->type == TAR_FILE ? str_of(x->sha256)
						      : (struct str){0},
			.note = has_note ? image_note(g, x->path)
					 : (struct str){0},
			.kind = image_kind(x->type),
			.mode = x->mode,
			.uid = x->uid,
			.gid = x->gid,
			.bytes = x->size_bytes,
		};
	}
	return 0;
}

/* ---- names ---- */

/* Entrypoint and command as one line. */
static int image_command(struct gather *g, struct str *out, struct err *e)
{
	const struct node *run = node_get(g->view->config, "config");
	const char *const keys[] = {"Entrypoint", "Cmd"};
	AUTO_BUF struct buf b = buf_growing(IMAGE_TEXT_MAX);

	for (size_t i = 0; i < 2; i++) {
		const struct node *c = node_first(node_get(run, keys[i]));

		for (; c != NULL; c = c->next) {
			if (b.n > 0)
				buf_byte(&b, ' ');
			buf_str(&b, node_text(c));
		}
	}
	return gather_keep(g, &b, out, e);
}

static struct str image_licence(const struct gather *g)
{
	const struct node *x = node_first(node_get(g->spdx, "packages"));

	for (; x != NULL; x = x->next)
		if (str_is(node_text(node_get(x, "SPDXID")), "SPDXRef-Image"))
			return node_text(node_get(x, "licenseConcluded"));
	return (struct str){0};
}

static int image_names(struct gather *g, struct err *e)
{
	const struct view *v = g->view;
	struct page *p = g->page;
	struct str vendor = view_annotation(v, OCI_KEY("vendor"));
	struct str revision = view_annotation(v, OCI_KEY("revision"));
	struct str os = node_text(node_get(v->config, "os"));
	struct str arch = node_text(node_get(v->config, "architecture"));
	int64_t bytes = node_whole(node_get(v->layer, "size"), 0);

	p->about = view_annotation(v, OCI_KEY("description"));
	p->reference = view_annotation(v, "io.containerd.image.name");
	p->created = node_text(node_get(v->config, "created"));
	p->user = node_text(node_path(v->config, "config", "User", NULL));
	p->layer_bytes = bytes > 0 ? (uint64_t)bytes : 0;
	p->licence = image_licence(g);
	if (vendor.n > 0)
		p->supplier = vendor;
	if (revision.n > 0)
		p->revision = revision;
	if (image_command(g, &p->entrypoint, e) < 0)
		return -1;
	return gather_fmt(
		g, &p->platform, e, "%.*s/%.*s", STR_ARG(os), STR_ARG(arch));
}

/* "Organization: Keelson": "Keelson". */
static struct str image_party(struct str s)
{
	size_t colon = str_find(s, ':');

	return str_trim(colon < s.n ? str_sub(s, colon + 1, s.n) : s);
}

int gather_image(struct gather *g, struct err *e)
{
	struct page *p = g->page;

	p->name = g->product->name;
	p->version = g->product->version;
	p->sha256 = g->product->sha256;
	if (g->view == NULL) {
		p->supplier = image_party(g->project->supplier);
		if (p->version.n == 0)
			p->version = g->release != NULL ? str_of(g->release)
							: g->project->version;
		p->licence = g->sbom.model.licence;
		return 0;
	}
	return image_names(g, e) < 0 ? -1 : image_files(g, e);
}

/* ---- signatures ---- */

/* Keys that made it, by their names. */
static int signature_by(struct gather *g, const struct signed_item *x,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(IMAGE_TEXT_MAX);

	for (size_t i = 0; i < g->n_keys; i++) {
		int made = signed_by(x, g->keys[i].key, e);

		if (made < 0)
			return -1;
		if (made > 0)
			buf_fmt(&b, "%s%s, key %.16s", b.n > 0 ? "; " : "",
				g->keys[i].name, g->keys[i].key->fingerprint);
	}
	if (b.n == 0 && g->n_keys > 0)
		buf_text(&b, "none of the keys that were given");
	return gather_keep(g, &b, out, e);
}

int gather_signatures(struct gather *g, struct err *e)
{
	struct page *p = g->page;
	struct signed_list list = {0};

	if (g->view == NULL)
		return 0;
	if (signed_read(g->view, &list, e) < 0 ||
		gather_room(g, list.n, sizeof(*p->signatures), &p->signatures,
			e) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		const struct signed_item *x = &list.items[i];
		struct page_signature *to = &p->signatures[p->n_signatures++];

		to->what = x->predicate.n > 0 ? x->predicate
					      : STR("the image itself");
		to->form = x->is_bundle ? STR("Sigstore bundle, a referrer")
					: STR("under a tag");
		if (signature_by(g, x, &to->by, e) < 0)
			return -1;
	}
	return 0;
}
