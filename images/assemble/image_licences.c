/*
 * image_licences - one small file a package, in the form and the place where
 * Debian has it, so that scanners read it; long texts once.
 */
#include "images/assemble/image_licences.h"

#include "lib/base/whole.h"
#include "sbom/model/licence.h"
#include "sbom/write/notice_text.h"

enum { LICENCES_PATH_BYTES = 512 };

/* An error is one line: what is between words becomes one blank. */
static void licences_fold(struct str text, struct buf *out)
{
	bool has_blank = false;

	for (size_t i = 0; i < text.n; i++) {
		bool is_blank = text.p[i] == ' ' || text.p[i] == '\n';

		if (!is_blank && has_blank)
			buf_byte(out, ' ');
		if (!is_blank)
			buf_byte(out, text.p[i]);
		has_blank = is_blank;
	}
}

int image_licences_check(const struct notice *n, struct err *e)
{
	char memory[ERR_TEXT_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));

	for (size_t i = 0; i < n->n_problems; i++) {
		if (n->problems[i].kind == NOTICE_UNKNOWN)
			continue;
		licences_fold(n->problems[i].text, &b);
		return err_kind(e, ERR_DENIED, "%.*s", STR_ARG(buf_view(&b)));
	}
	return 0;
}

/* The tree, of which the first entries are the definition's. */
struct licences_tree {
	struct tree *t;
	size_t given;
};

static int licences_add_file(const struct licences_tree *to, struct str path,
	const struct buf *text, struct err *e)
{
	const struct tree *t = to->t;

	if (whole_check(text, "licence", e) < 0)
		return -1;
	/* of an open tree, which is not sorted */
	for (size_t i = 0; i < t->n; i++) {
		if (!str_eq(t->entries[i].path, str_sub(path, 1, path.n)))
			continue;
		if (i < to->given)
			return 0;
		return err_kind(e, ERR_INPUT,
			"%.*s: two packages of this name are in one image; "
			"give one another name in the lock",
			STR_ARG(path));
	}
	return tree_add(to->t,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = 0644,
			.path = path,
			.bytes = buf_view(text),
			.origin = TREE_MADE,
			.licence = STR(LICENCE_UNKNOWN),
			.name = STR("the licences of what is in the image")},
		e);
}

/* The project's directory stands beside that of a package of its name. */
static bool licences_is_shared(
	const struct notice *n, const struct notice_part *p)
{
	for (size_t i = 0; p->package == NULL && i < n->n_parts; i++) {
		const struct notice_part *other = &n->parts[i];

		if (other->package != NULL && other->n_groups > 0 &&
			str_eq(other->name, p->name))
			return true;
	}
	return false;
}

static int licences_add_part(const struct items *items,
	const struct notice_part *p, const struct licences_tree *to,
	struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(NOTICE_DOCUMENT_MAX);
	char memory[LICENCES_PATH_BYTES];
	struct buf path = buf_fixed(memory, sizeof(memory));

	if (p->n_groups == 0 || p->host != NULL)
		return 0;
	buf_fmt(&path, "/usr/share/doc/%.*s%s/copyright", STR_ARG(p->name),
		licences_is_shared(items->notice, p) ? "-project" : "");
	notice_text_write_part(items, p, &text);
	if (whole_check(&path, "name of a package", e) < 0)
		return -1;
	return licences_add_file(to, buf_view(&path), &text, e);
}

static int licences_add_text(const struct notice_text *x,
	const struct licences_tree *to, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(NOTICE_DOCUMENT_MAX);
	char memory[LICENCES_PATH_BYTES];
	struct buf path = buf_fixed(memory, sizeof(memory));

	if (!x->is_common)
		return 0;
	buf_fmt(&path, "/" NOTICE_COMMON_DIR "/%.*s", STR_ARG(x->name));
	buf_str(&text, x->text);
	return licences_add_file(to, buf_view(&path), &text, e);
}

int image_licences_add(const struct items *items, struct tree *t, struct err *e)
{
	const struct notice *n = items->notice;
	const struct licences_tree to = {t, t->n};

	for (size_t i = 0; i < n->n_parts; i++)
		if (licences_add_part(items, &n->parts[i], &to, e) < 0)
			return -1;
	for (size_t i = 0; i < n->n_texts; i++)
		if (licences_add_text(n->texts[i], &to, e) < 0)
			return -1;
	return 0;
}
