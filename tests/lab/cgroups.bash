# cgroups.bash - control groups of a lab's own, as a namespace.  Sourced.
#
#   cgroups_make GROUP      make that group in every hierarchy
#   cgroups_join GROUP      go into it; a cgroup namespace unshared then has it
#                           as its root
#   cgroups_settle GROUP    after that: a process of version 2 leaves the root,
#                           which can then pass controllers on
#   cgroups_mount GROUP DIR     the machine's hierarchies as the namespace has
#                           them; without GROUP, as they are
#   cgroups_remove GROUP    when its processes have ended
#
# The groups of version 1 lie below those that this process is in, whose limits
# hold.  Those of version 2 lie at the top, as a group that holds processes
# cannot pass controllers on.  Of a hybrid, version 2 is left out: crun refuses
# it, and what remains is version 1.

cgroups_are_v2() {
	[ -e /sys/fs/cgroup/cgroup.controllers ]
}

# "WHERE OPTIONS" of each hierarchy of version 1.
cgroups_v1() {
	local fs at options
	while read -r _ at fs options _; do
		[ "$fs" = cgroup ] || continue
		options=$(tr , '\n' <<<"$options" | grep -vxE \
			'rw|ro|(no)?(suid|dev|exec)|(no|rel)atime')
		echo "$at ${options//$'\n'/,}"
	done </proc/self/mounts
}

cgroups_dirs() { # GROUP
	local at options path
	if cgroups_are_v2; then
		echo "/sys/fs/cgroup/$1"
		return
	fi
	while read -r at options; do
		path=$(sed -n "s/^[0-9]*:${options##*name=}://p; \
			s/^[0-9]*:name=${options##*name=}://p" \
			/proc/self/cgroup)
		echo "$at${path%/}/$1"
	done < <(cgroups_v1)
}

# Version 1 gives a new cpuset no processors and no memory.
cgroups_make() { # GROUP
	local dir file
	for dir in $(cgroups_dirs "$1"); do
		mkdir -p "$dir" || return
		cgroups_are_v2 && cgroups_pass_on "${dir%/*}"
		for file in cpuset.cpus cpuset.mems; do
			[ ! -e "$dir/$file" ] || cgroups_are_v2 ||
				cat "${dir%/*}/$file" >"$dir/$file"
		done
	done
}

# Version 2 has in a group only the controllers that the one above passes on.
cgroups_pass_on() { # DIR
	local controller
	for controller in $(cat "$1/cgroup.controllers"); do
		echo "+$controller" >"$1/cgroup.subtree_control" || true
	done 2>/dev/null
}

cgroups_join() { # GROUP
	local dir
	for dir in $(cgroups_dirs "$1"); do
		echo $$ >"$dir/cgroup.procs"
	done
}

cgroups_settle() { # GROUP
	local dir=/sys/fs/cgroup/$1
	cgroups_are_v2 || return 0
	mkdir -p "$dir/init"
	echo $$ >"$dir/init/cgroup.procs"
	cgroups_pass_on "$dir"
}

cgroups_mount() { # GROUP DIR
	local at options all
	all=$(cgroups_v1)
	if [ -z "$1" ]; then
		mount --rbind /sys/fs/cgroup "$2"
		[ ! -d "$2/unified" ] || umount "$2/unified"
	elif cgroups_are_v2; then
		mount -t cgroup2 cgroup "$2"
	else
		mount -t tmpfs -o mode=755 cgroup "$2"
		while read -r at options; do
			mkdir "$2/${at##*/}"
			mount -t cgroup -o "$options" cgroup "$2/${at##*/}"
		done <<<"$all"
		find /sys/fs/cgroup -maxdepth 1 -type l \
			-exec cp -P {} "$2" \;
	fi
}

cgroups_remove() { # GROUP
	local dir
	for dir in $(cgroups_dirs "$1"); do
		find "$dir" -depth -type d -exec rmdir {} \;
	done 2>/dev/null
	return 0
}
