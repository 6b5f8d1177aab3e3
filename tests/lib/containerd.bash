# containerd.bash - run a real containerd with its CRI plugin.  Sourced.
#
#   containerd_start            at its usual socket; pods get a network
#                               namespace with a dummy eth0; the runtime
#                               handler `elsewhere` is crun with a state
#                               directory outside the usual places
#   containerd_stop
#   containerd_import DIR NAME  import the root file system DIR as the image
#                               docker.io/library/NAME
#   containerd_images           import our pause image, and counter
#   registry_pull NAME          pull localhost:5000/NAME through the CRI
#   cri VERB ARG...             act as a kubelet: criclient.c lists the verbs
#
# restrict_oom_score_adj is set for machines without CAP_SYS_RESOURCE.  A script
# is the network plugin, so that Debian's plugins are not needed.

CONTAINERD_SOCKET=/run/containerd/containerd.sock
CONTAINERD_DIR=/keep/containerd

cri() {
	/keelson/build/test/bin/criclient $CONTAINERD_SOCKET "$@"
}

# The plugin answers as CNI's SPEC.md, "Success", for loopback and eth0 alike.
containerd_network() {
	mkdir -p /etc/cni/net.d /opt/cni/bin
	cat >/opt/cni/bin/lab <<-'EOT'
		#!/bin/sh
		cat >/dev/null
		if [ "$CNI_COMMAND" = VERSION ]; then
			echo '{"cniVersion":"1.0.0","supportedVersions":["0.3.1","1.0.0"]}'
			exit
		fi
		[ "$CNI_COMMAND" = ADD ] || exit 0
		in="nsenter --net=$CNI_NETNS"
		$in ip link set lo up
		[ "$CNI_IFNAME" = lo ] || $in ip link add eth0 type dummy
		echo '{"cniVersion":"0.3.1",
			"interfaces":[{"name":"'$CNI_IFNAME'","sandbox":"'$CNI_NETNS'"}],
			"ips":[{"version":"4","address":"10.99.0.2/24","interface":0}]}'
	EOT
	chmod 0755 /opt/cni/bin/lab
	ln -sf lab /opt/cni/bin/loopback
	cat >/etc/cni/net.d/10-lab.conflist <<-'EOT'
		{"cniVersion": "0.3.1", "name": "lab", "plugins": [{"type": "lab"}]}
	EOT
}

containerd_start() {
	mkdir -p $CONTAINERD_DIR /etc/containerd /var/lib/containerd
	mountpoint -q /var/lib/containerd ||
		mount -t tmpfs containerd /var/lib/containerd
	containerd_network
	cat >/etc/containerd/config.toml <<-'EOT'
		version = 2
		[plugins."io.containerd.grpc.v1.cri"]
		sandbox_image = "docker.io/library/pause:lab"
		restrict_oom_score_adj = true
		[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
		runtime_type = "io.containerd.runc.v2"
		[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.elsewhere]
		runtime_type = "io.containerd.runc.v2"
		[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.elsewhere.options]
		BinaryName = "/usr/bin/crun"
		Root = "/run/elsewhere"
		[plugins."io.containerd.grpc.v1.cri".cni]
		bin_dir = "/opt/cni/bin"
		conf_dir = "/etc/cni/net.d"
	EOT
	containerd >>$CONTAINERD_DIR/log 2>&1 3>&- &
	echo $! >$CONTAINERD_DIR/pid
	wait_for ctr version
}

containerd_stop() {
	kill "$(cat $CONTAINERD_DIR/pid)"
	wait_for fails test -e "/proc/$(cat $CONTAINERD_DIR/pid)"
}

# One layer, passed to ctr as an archive of an OCI layout.
containerd_import() {
	local dir=$CONTAINERD_DIR/image-$2

	umoci init --layout "$dir"
	umoci new --image "$dir:lab"
	umoci insert --image "$dir:lab" "$1" /
	tar -C "$dir" -c . | ctr -n k8s.io images import \
		--base-name "docker.io/library/$2" - >/dev/null
}

containerd_images() {
	local archive=$CONTAINERD_DIR/pause.tar

	skopeo copy -q "oci:$DIST/pause:$(image_tag pause)" \
		"oci-archive:$archive:docker.io/library/pause:lab"
	ctr -n k8s.io images import "$archive" >/dev/null
	containerd_import "$IMAGES/counter" counter
}

registry_pull() {
	cri pull "localhost:5000/$1" >/dev/null
}
