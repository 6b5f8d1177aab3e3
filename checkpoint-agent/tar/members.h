/*
 * members - the names of the members of a checkpoint archive.
 *
 * podman, CRI-O, containerd and checkpointctl look for these names (go package
 * github.com/checkpoint-restore/checkpointctl/lib, metadata.go); only
 * MEMBER_DESCRIPTORS is runc's; MEMBER_DELETED_PATHS and MEMBER_MANIFEST are
 * ours.
 */
#ifndef CHECKPOINT_AGENT_TAR_MEMBERS_H
#define CHECKPOINT_AGENT_TAR_MEMBERS_H

/* One container. */
#define MEMBER_CONFIG     "config.dump"   /* which container, JSON */
#define MEMBER_SPEC       "spec.dump"     /* its OCI runtime configuration */
#define MEMBER_STATUS     "status"        /* containerd's, JSON */
#define MEMBER_CRI_STATUS "status.dump"   /* CRI's ContainerStatus, JSON */
#define MEMBER_STATS      "stats-dump"    /* CRIU's figures */
#define MEMBER_LOG        "dump.log"      /* CRIU's log */
#define MEMBER_OUTPUT     "container.log" /* what the container has put out */

/* What changed in its files. */
#define MEMBER_CHANGES "rootfs-diff.tar" /* added and changed files */
#define MEMBER_DELETED "deleted.files"   /* their paths, JSON */
/* those that are no UTF-8, which JSON cannot hold; a NUL after each */
#define MEMBER_DELETED_PATHS "deleted.paths"
#define MEMBER_SHM           "devshm-checkpoint.tar" /* content of /dev/shm */

/* Directories of CRIU's images: of the dump, and of a pre-dump before it. */
#define MEMBER_IMAGES  "checkpoint"
#define MEMBER_PREDUMP "checkpoint/parent"

#define MEMBER_DESCRIPTORS   MEMBER_IMAGES "/descriptors.json"
#define MEMBER_INVENTORY     MEMBER_IMAGES "/inventory.img"
#define MEMBER_CGROUPS       MEMBER_IMAGES "/cgroup.img"
#define MEMBER_PREDUMP_STATS MEMBER_PREDUMP "/stats-dump"
#define MEMBER_PREDUMP_LOG   MEMBER_PREDUMP "/dump.log"

/* A pod; its containers are members CONTAINER.tar or CONTAINER.tar.age. */
#define MEMBER_POD_OPTIONS "pod.options" /* which containers, JSON */
#define MEMBER_POD_DUMP    "pod.dump"    /* which pod, JSON */

/* SHA-256 of all members before it, as sha256sum(1) writes them. */
#define MEMBER_MANIFEST "manifest.sha256"

#endif
