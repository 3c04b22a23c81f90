namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>Values that are no secrets, in files that also hold some: those that docs/secrets.md lets stay.</summary>
internal static class HarmlessValues
{
    private const string Hidden = "q7hidden7q";

    /// <summary>The secret that stands beside them.</summary>
    public static PlantedSecret Secret { get; } = new("password", Hidden, "");

    /// <summary>Every value.</summary>
    public static HarmlessValue[] All { get; } =
    [
        Json("\"storage-driver\":\"overlay2\"", "\"storage-driver\":\"overlay2\""),
        Json("\"data-root\":\"/srv/docker-data\"", "/srv/docker-data"),
        Json("\"registry-mirrors\":[\"https://mirror.corp.example:5000\"]", "https://mirror.corp.example:5000"),
        Json("\"log-driver\":\"json-file\"", "json-file"),
        Json("\"log-opts\":{\"max-size\":\"100m\",\"max-file\":\"3\",\"splunk-token\":\"" + Hidden + "\"}", "\"max-size\":\"100m\""),
        Json("\"storage-opts\":[\"overlay2.size=20G\",\"overlay2.override_kernel_check=true\"]", "overlay2.size=20G"),
        Json("\"exec-opts\":[\"native.cgroupdriver=systemd\"]", "native.cgroupdriver=systemd"),
        Json("\"hosts\":[\"unix:///var/run/docker.sock\",\"tcp://0.0.0.0:2376\"]", "tcp://0.0.0.0:2376"),
        Json("\"tlscert\":\"/etc/docker/server-cert.pem\"", "/etc/docker/server-cert.pem"),
        Json("\"tlskey\":\"/etc/docker/server-key.pem\"", "/etc/docker/server-key.pem"),
        Json("\"proxies\":{\"http-proxy\":\"http://proxy.corp.example:3128\"}", "http://proxy.corp.example:3128"),
        Json("\"proxies\":{\"no-proxy\":\"localhost,127.0.0.1,.corp.example\"}", "localhost,127.0.0.1,.corp.example"),
        Json("\"userns-remap\":\"dockremap\"", "dockremap"),
        Json("\"default-runtime\":\"nvidia\",\"runtimes\":{\"nvidia\":{\"path\":\"/usr/bin/nvidia-container-runtime\"}}", "/usr/bin/nvidia-container-runtime"),
        Json("\"dns\":[\"10.20.30.40\"]", "10.20.30.40"),
        Json("\"live-restore\":true", "\"live-restore\":true"),
        Unit("Environment=\"PGPASSWORD=" + Hidden + "\" DOCKER_DRIVER=overlay2", "DOCKER_DRIVER=overlay2"),
        Unit("EnvironmentFile=-/etc/sysconfig/docker-network", "/etc/sysconfig/docker-network"),
        Unit("LimitNOFILE=1048576", "LimitNOFILE=1048576"),
        Unit("Restart=on-failure", "Restart=on-failure"),
        new("--storage-opt", host => host.Files["etc/sysconfig/docker-storage"] = $"DOCKER_STORAGE_OPTIONS=\"--storage-driver overlay2 --storage-opt overlay2.override_kernel_check=true\"\nDB_PASS={Hidden}\n"),
        new("--selinux-enabled", host => host.Files["etc/sysconfig/docker"] = $"OPTIONS='--selinux-enabled --log-opt splunk-token={Hidden}'\n"),
        new("--bip=172.26.0.1/16", host => host.Files["etc/default/docker"] = $"# password: {Hidden}\nDOCKER_OPTS=\"--bip=172.26.0.1/16\"\n"),
        new("/srv/docker-data", host => host.Run(["dockerd", "--data-root", "/srv/docker-data", "--token", Hidden])),
        new("--containerd=/run/containerd/containerd.sock", host => host.Run(["dockerd", "--containerd=/run/containerd/containerd.sock", $"--label=password={Hidden}"])),
        new("vers=3.0", host => host.Files["etc/fstab"] = $"//filer/docker /srv/x cifs rw,vers=3.0,username=svc,password={Hidden},uid=0 0 0\n"),
        new("//filer/docker", host => host.Mount("cifs", "//filer/docker", $"rw,vers=3.1.1,password={Hidden}")),
        new("size=65536k", host => host.Mount("tmpfs", "shm", "rw,size=65536k,inode64")),
        new("lowerdir=/var/lib/docker/overlay2/l/ABCDEFGHIJKLMNOPQRSTUVWXYZ", host => host.Mount("overlay", "overlay", "rw,lowerdir=/var/lib/docker/overlay2/l/ABCDEFGHIJKLMNOPQRSTUVWXYZ,upperdir=/u,workdir=/w")),
        Log("level=error msg=\"failed to mount overlay: no space left on device\" storage-driver=overlay2", "no space left on device"),
        Log("level=error msg=\"Handler for POST /v1.41/images/create returned error: Get https://registry.corp.example/v2/: x509: certificate signed by unknown authority\"", "https://registry.corp.example/v2/"),
        Log("level=warning msg=\"Your kernel does not support swap memory limit\"", "Your kernel does not support swap memory limit"),
        Log("level=error msg=\"error creating overlay mount to /var/lib/docker/overlay2/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/merged: invalid argument\"", "/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/merged: invalid argument"),
        Log("level=info msg=\"Loading containers: start.\"", "Loading containers: start."),
        new("overlayfs: upper fs does not support tmpfile", host => host.KernelLog = $"[ 1.0] Command line: root=/dev/sda1 password={Hidden}\n[   12.3] overlayfs: upper fs does not support tmpfile.\n"),
    ];

    private static HarmlessValue Json(string member, string text) => new(text, host => host.Files["etc/docker/daemon.json"] = $"{{\"x-password\":\"{Hidden}\",{member},\"debug\":false}}");

    private static HarmlessValue Unit(string line, string text) => new(text, host => host.Unit($"Environment=TOKEN={Hidden}\n{line}\nExecStart=/usr/bin/dockerd -H fd://"));

    private static HarmlessValue Log(string line, string text) => new(text, host => host.EngineLog = $"level=debug msg=\"login with password={Hidden}\"\n{line}\n");
}
