/*
 * metadata - see metadata.h.
 *
 * config.dump is podman's ContainerConfig as far as an import reads it, and
 * at the same time CRI-O's and containerd's ContainerConfig: the members they
 * share have the same names.
 */
#include "checkpoint-agent/metadata.h"

#include "checkpoint-agent/name.h"
#include "lib/base/json.h"

#define INDENT 2

static struct str first_of(struct str a, struct str b)
{
	return a.n ? a : b;
}

static void put_time(struct json_out *o, const char *key, int64_t time_s)
{
	char room[32];
	struct buf b = buf_fixed(room, sizeof(room));

	name_put_time(&b, time_s);
	json_str(o, key, buf_view(&b));
}

/*
 * Whose it is when not root's: podman refuses an import whose specification
 * has a user that its own configuration does not name.
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
	struct str ref = first_of(str_of(t->image_ref), image);

	json_map(&o, NULL);
	json_text(&o, "id", t->id);
	json_str(&o, "name", first_of(name, str_of(t->id)));
	json_str(&o, "rootfsImage", image);
	/* CRI-O wants its storage's id here, containerd what can be pulled */
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

/*
 * As much of CRI's ContainerStatus (api.proto, in Go's JSON) as containerd
 * reads when it brings a container back.
 */
void metadata_put_cri_status(struct buf *b, const struct target *t)
{
	const struct spec_names *n = &t->spec.names;
	struct json_out o = json_out(b, INDENT);

	json_map(&o, NULL);
	json_text(&o, "id", t->id);
	json_map(&o, "metadata");
	json_str(&o, "name", n->container);
	json_map_end(&o);
	json_map(&o, "image");
	json_str(&o, "image", t->spec.image);
	json_str(&o, "user_specified_image", t->spec.image);
	json_map_end(&o);
	json_text(&o, "image_ref", t->image_ref);
	json_map(&o, "labels");
	json_str(&o, "io.kubernetes.container.name", n->container);
	json_str(&o, "io.kubernetes.pod.name", n->pod);
	json_str(&o, "io.kubernetes.pod.namespace", n->namespace);
	json_map_end(&o);
	json_map(&o, "annotations");
	json_map_end(&o);
	json_map_end(&o);
	buf_byte(b, '\n');
}

void metadata_put_descriptors(
	struct buf *b, const char *const target[METADATA_DESCRIPTORS])
{
	struct json_out o = json_out(b, 0);

	json_list(&o, NULL);
	for (int i = 0; i < METADATA_DESCRIPTORS; i++)
		json_text(&o, NULL, target[i]);
	json_list_end(&o);
}
