/* Parse arbitrary bytes as texts of /proc and of runtimes, and as a journal. */
#include "checkpoint-agent/dump/journal.h"
#include "checkpoint-agent/node/cgroup.h"
#include "checkpoint-agent/node/freezer.h"
#include "checkpoint-agent/node/mountinfo.h"
#include "checkpoint-agent/node/overlay.h"
#include "checkpoint-agent/node/process.h"
#include "checkpoint-agent/resolve/engine.h"
#include "checkpoint-agent/resolve/naming.h"
#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/state.h"
#include "checkpoint-agent/resolve/storage.h"
#include "checkpoint-agent/store/archive_name.h"
#include "lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void documents(const struct node *tree, struct arena *a)
{
	struct storage_image image;
	struct engine_docker docker;
	struct spec_names names;
	struct state state;
	struct spec spec;

	for (size_t i = 0; state_files[i]; i++)
		state_parse(state_files[i], tree, &state, NULL);
	storage_parse(tree, STR("id"), a, &image);
	engine_parse_docker(tree, &docker);
	spec_find_names(tree, &names);
	naming_is_good(&names);
	if (spec_parse(tree, &spec, NULL) < 0)
		return;
	for (const struct node *m = spec_mounts(&spec); m; m = m->next)
		spec_is_bind(m);
	spec_masked(&spec);
	engine_docker_dir(&spec, "id", a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct overlay layers;
	static struct journal journal;
	struct spec_names names;
	struct arena a = arena_make(1 << 20);
	struct str in = {(const char *)bytes, n};
	char room[512];
	struct buf path = buf_fixed(room, sizeof(room));
	const struct node *tree;
	uint64_t ticks;
	int64_t time_s;
	uint32_t again;

	overlay_find(in, STR("0:1"), &a, &layers, NULL);
	freezer_locate(in, in, in, &path, NULL);
	process_parse_start(in, &ticks, NULL);
	archive_name_parse_time(in, &time_s, &again);
	journal_parse(in, &journal, NULL);
	mountinfo_decode(&a, in);
	naming_manager_of(in);
	naming_parse_kubelet(in, &names);
	cgroup_has_name(in, STR("id"));
	cgroup_is_same(in, in);
	if (json_parse(in, &a, &tree, NULL) == 0)
		documents(tree, &a);
	arena_free(&a);
	return 0;
}
