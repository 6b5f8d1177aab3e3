/*
 * metadata - write JSON from what the resolver knows of the container.
 *
 * config.dump is podman's ContainerConfig, as far as an import reads it, and
 * CRI-O's and containerd's as well: what they have in common has the same
 * names.
 */
#include "checkpoint-agent/dump/metadata.h"

#include "checkpoint-agent/store/archive_name.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define INDENT 2

static struct str first_of(struct str a, struct str b)
{
	return a.n ? a : b;
}

static void put_time(struct json_out *o, const char *key, int64_t time_s)
{
	char room[32];
	struct buf b = buf_fixed(room, sizeof(room));

	archive_name_put_time(&b, time_s);
	json_str(o, key, buf_view(&b));
}

/*
 * The user, unless it is root: podman refuses an import when the specification
 * has a user that config.dump does not name.
 */
static void put_user(struct json_out *o, const struct spec *s)
{
	const struct node *user = node_path(s->tree, "process", "user", NULL);
	int64_t uid = node_whole(node_get(user, "uid"), 0);
	int64_t gid = node_whole(node_get(user, "gid"), 0);
	char room[48];
	struct buf b = buf_fixed(room, sizeof(room));

	if (uid == 0 && gid == 0)
		return;
	buf_fmt(&b, "%lld:%lld", (long long)uid, (long long)gid);
	json_str(o, "user", buf_view(&b));
}

void metadata_put_config(struct buf *b, const struct target *t,
	const struct storage_image *i, int64_t time_s)
{
	struct json_out o = json_out(b, INDENT);
	struct str image = first_of(t->spec.image, i->name);
	struct str name = first_of(t->spec.names.container, i->container);
	struct str ref = first_of(str_of(t->told.image_ref), image);

	json_map(&o, NULL);
	json_text(&o, "id", t->id);
	json_str(&o, "name", first_of(name, str_of(t->id)));
	json_str(&o, "rootfsImage", image);
	/* CRI-O expects the id in its storage, containerd a name to pull */
	json_str(&o, "rootfsImageRef", first_of(i->id, ref));
	json_str(&o, "rootfsImageName", image);
	json_str(&o, "rootfsImageID", i->id);
	json_text(&o, "runtime", t->runtime);
	put_user(&o, &t->spec);
	json_text(&o, "createdTime", t->created);
	put_time(&o, "checkpointedTime", time_s);
	json_text(&o, "restoredTime", "0001-01-01T00:00:00Z");
	json_truth(&o, "restored", false);
	json_map_end(&o);
	buf_byte(b, '\n');
}

void metadata_put_status(struct buf *b, const struct target *t)
{
	struct json_out o = json_out(b, INDENT);

	json_map(&o, NULL);
	json_whole(&o, "Pid", t->pid);
	json_text(&o, "CreatedAt", t->created);
	json_map_end(&o);
	buf_byte(b, '\n');
}

/* ---- status.dump -------------------------------------------------------- */

#define LABEL(name) "io.kubernetes." name
#define RUNNING     1 /* ContainerState of CRI's api.proto */

static void put_pairs(
	struct json_out *o, const char *key, const struct cri_pairs *p)
{
	json_map(o, key);
	for (size_t i = 0; i < p->n; i++)
		json_str(o, p->item[i].key, p->item[i].value);
}

/* As the kubelet labels a container, when the specification has the names. */
static void put_labels(struct json_out *o, const struct target *t)
{
	const struct spec_names *n = &t->spec.names;
	struct str uid = node_text(node_path(t->spec.tree, "annotations",
		"io.kubernetes.cri.sandbox-uid", NULL));

	put_pairs(o, "labels", &t->told.labels);
	if (t->told.labels.n == 0) {
		json_str(o, LABEL("container.name"), n->container);
		json_str(o, LABEL("pod.name"), n->pod);
		json_str(o, LABEL("pod.namespace"), n->namespace);
		if (uid.n)
			json_str(o, LABEL("pod.uid"), uid);
	}
	json_map_end(o);
}

/*
 * When containerd restores, it takes these two over from the kubelet's request
 * only where the archive has the keys.  A kubelet that finds no hash on its
 * container, or another one, kills it: "definition changed".
 */
static void put_annotations(struct json_out *o, const struct target *t)
{
	static const char *const needed[] = {
		LABEL("container.hash"), LABEL("container.restartCount")};

	put_pairs(o, "annotations", &t->told.annotations);
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (!cri_told_find(&t->told.annotations, needed[i]))
			json_text(o, needed[i], "0");
	json_map_end(o);
}

static void put_cri_image(struct json_out *o, const struct target *t)
{
	json_map(o, "image");
	json_str(o, "image", t->spec.image);
	json_str(o, "user_specified_image", t->spec.image);
	json_map_end(o);
	json_text(o, "image_ref", t->told.image_ref);
}

static void put_cri_times(struct json_out *o, const struct cri_told *told)
{
	json_whole(o, "state", RUNNING);
	if (told->created_ns)
		json_whole(o, "created_at", told->created_ns);
	if (told->started_ns)
		json_whole(o, "started_at", told->started_ns);
}

/*
 * CRI's ContainerStatus (api.proto) as Go encodes it in JSON, and as containerd
 * writes it into its own archives.
 */
void metadata_put_cri_status(struct buf *b, const struct target *t)
{
	struct json_out o = json_out(b, INDENT);

	json_map(&o, NULL);
	json_text(&o, "id", t->id);
	json_map(&o, "metadata");
	json_str(&o, "name", t->spec.names.container);
	if (t->told.attempt)
		json_whole(&o, "attempt", t->told.attempt);
	json_map_end(&o);
	put_cri_times(&o, &t->told);
	put_cri_image(&o, t);
	put_labels(&o, t);
	put_annotations(&o, t);
	if (*t->told.log_path)
		json_text(&o, "log_path", t->told.log_path);
	json_map_end(&o);
	buf_byte(b, '\n');
}

int metadata_put_descriptors(struct buf *b, uint32_t pid, struct err *e)
{
	static char target[PATH_MAX];
	struct json_out o = json_out(b, 0);

	json_list(&o, NULL);
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		char path[64];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%u/fd/%d", pid, i);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0'; /* closed: "" */
		json_text(&o, NULL, target);
	}
	json_list_end(&o);
	return b->full ? err_kind(e, ERR_LIMIT, MEMBER_DESCRIPTORS) : 0;
}
