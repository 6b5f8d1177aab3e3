/*
 * document - writes the JSON while the archive streams past, then prints it or
 * the text made from it.
 */
#include "checkpoint-agent/cmd/document.h"

#define DOCUMENT_MAX (256u << 20)
#define INDENT       2

/* ---- the document ------------------------------------------------------- */

static void put_pod(struct json_out *o, const struct node *pod)
{
	static const char *const keys[] = {"namespace", "name", "uid"};
	const struct node *about = node_get(pod, "metadata");

	json_map(o, "pod");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (node_text(node_get(about, keys[i])).n)
			json_str(o, keys[i],
				node_text(node_get(about, keys[i])));
	json_map_end(o);
}

static int put_containers(const struct document *d, struct json_out *o,
	struct pod_archive *u, struct err *e)
{
	int more;

	json_list(o, "containers");
	while ((more = pod_archive_next(u, e)) == 1) {
		json_map(o, NULL);
		if (d->put(o, u->now, e) < 0)
			return err_at(
				e, "%s: container %s", u->place->path, u->name);
		json_map_end(o);
	}
	json_list_end(o);
	if (more == 0)
		put_pod(o, u->pod);
	return more;
}

static int put_one(const struct document *d, struct json_out *o,
	struct pod_archive *u, struct err *e)
{
	if (pod_archive_next(u, e) < 0)
		return -1;
	return d->put(o, u->now, e) < 0 ? err_at(e, "%s", u->place->path) : 0;
}

static int put_document(const struct document *d,
	const struct pod_archive_place *p, struct buf *out, struct err *e)
{
	static struct pod_archive u; /* large; one in a process */
	struct json_out o = json_out(out, INDENT);
	int rc = pod_archive_open(&u, p, e);

	json_map(&o, NULL);
	if (rc == 0)
		rc = u.is_pod && !*p->container ? put_containers(d, &o, &u, e)
						: put_one(d, &o, &u, e);
	json_map_end(&o);
	buf_byte(out, '\n');
	pod_archive_close(&u);
	return rc;
}

/* ---- as text ------------------------------------------------------------ */

static const struct document *shown; /* for show_document() */

void document_container(struct buf *out, const struct node *tree)
{
	static const struct view_field fields[] = {{"container", "name"},
		{"id", "id"}, {"image", "rootfsImageName"},
		{"runtime", "runtime"}, {"created", "createdTime"},
		{"checkpointed", "checkpointedTime"}, {NULL, NULL}};
	static const struct view_field command[] = {
		{"command", "arguments"}, {NULL, NULL}};

	view_fields(out, node_get(tree, "container"), fields);
	view_fields(out, tree, command);
}

static void show_document(struct buf *out, const struct node *tree)
{
	static const struct view_field pod[] = {{"namespace", "namespace"},
		{"pod", "name"}, {"pod uid", "uid"}, {NULL, NULL}};
	const struct node *list = node_get(tree, "containers");

	if (!list) {
		shown->show(out, tree);
		return;
	}
	view_fields(out, node_get(tree, "pod"), pod);
	for (const struct node *n = node_first(list); n; n = n->next) {
		buf_byte(out, '\n');
		shown->show(out, n);
	}
}

static int describe(const struct document *d, const struct archive_options *o,
	const char *path, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	const struct pod_archive_place p = archive_options_place(o, path);

	shown = d;
	if (put_document(d, &p, &out, e) < 0)
		return -1;
	return view_print(&out, o->as_json, show_document, e);
}

int document_print(const struct document *d, const struct archive_options *o,
	const char *path)
{
	struct err e = {0};

	return view_exit(describe(d, o, path, &e), &e);
}
