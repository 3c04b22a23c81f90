using System.Text;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

public sealed class ContainerCgroupTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

    [Theory]
    [InlineData("0::/\n", "")]
    [InlineData("", "")]
    [InlineData("0::/user.slice/user-1000.slice/session-2.scope\n", "")]
    [InlineData($"12:pids:/docker/{Id}\n11:memory:/docker/{Id}\n", Id)]
    [InlineData($"0::/system.slice/docker-{Id}.scope\n", Id)]
    [InlineData($"0::/machine.slice/libpod-{Id}.scope/container\n", Id)]
    [InlineData($"0::/kubepods.slice/kubepods-pod7f2b9c1e_0b5f_4d53_8f6f_0123456789ab.slice/cri-containerd-{Id}.scope", Id)]
    [InlineData($"1:name=systemd:/kubepods/burstable/pod7f2b9c1e-0b5f-4d53-8f6f-0123456789ab/{Id}", Id)]
    [InlineData($"0::/system.slice/containerd.service/kubepods-besteffort.slice:cri-containerd:{Id}", Id)]
    [InlineData($"0::/docker/{Id}/docker/{Other}", Other)]
    [InlineData($"0::/docker/{Id}0", "")]
    [InlineData($"5:cpu:/\n4:pids:/docker/{Id}\n", Id)]
    public void The_innermost_name_of_64_digits_is_the_container(string cgroups, string expected) =>
        Assert.Equal(expected, ContainerCgroup.FindContainerId(Encoding.ASCII.GetBytes(cgroups)));
}
