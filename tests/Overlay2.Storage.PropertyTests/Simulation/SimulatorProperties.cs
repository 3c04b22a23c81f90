using CsCheck;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.PropertyTests.Simulation;

/// <summary>What holds for every overlay and every sequence of calls.</summary>
public sealed class SimulatorProperties
{
    private const int Worlds = 150;
    private const int Calls = 40;

    private static readonly Gen<int> s_seed = Gen.Int[0, 1_000_000];

    [Fact]
    public void No_call_changes_a_lower_layer() => s_seed.Sample(
        seed =>
        {
            SimulatorWorld world = SimulatorWorld.Make(seed);
            string[] before = ShowLowers(world);
            for (int i = 0; i < Calls; i++)
                world.NextCall()(world.Simulator);
            Assert.Equal(before, ShowLowers(world));
        },
        iter: Worlds);

    [Fact]
    public void A_preview_answers_like_the_call_and_changes_nothing() => s_seed.Sample(
        seed =>
        {
            SimulatorWorld world = SimulatorWorld.Make(seed);
            for (int i = 0; i < Calls; i++)
            {
                Func<OverlaySimulator, string> call = world.NextCall();
                string upper = SimulatorWorld.Show(world.Simulator.ReadUpper()!);
                string answer = world.Simulator.Preview(call);
                Assert.Equal(upper, SimulatorWorld.Show(world.Simulator.ReadUpper()!));
                Assert.Equal(answer, call(world.Simulator));
            }
        },
        iter: Worlds);

    [Fact]
    public void Restoring_snapshots_in_turn_gives_each_state_back() => s_seed.Sample(
        seed =>
        {
            SimulatorWorld world = SimulatorWorld.Make(seed);
            OverlaySimulator simulator = world.Simulator;
            List<(SimulatorSnapshot Snapshot, string Upper, string View)> states = [];
            for (int i = 0; i < Calls; i++)
            {
                if (i % 8 == 0)
                {
                    string view = SimulatorWorld.ShowView(simulator);
                    string upper = SimulatorWorld.Show(simulator.ReadUpper()!);
                    states.Add((simulator.TakeSnapshot(), upper, view));
                }

                world.NextCall()(simulator);
            }

            for (int i = states.Count - 1; i >= 0; i--)
            {
                simulator.Restore(states[i].Snapshot);
                Assert.Equal(states[i].Upper, SimulatorWorld.Show(simulator.ReadUpper()!));
                Assert.Equal(states[i].View, SimulatorWorld.ShowView(simulator));
            }
        },
        iter: Worlds);

    [Fact]
    public void The_view_is_the_merge_of_upper_and_lowers() => s_seed.Sample(
        seed =>
        {
            SimulatorWorld world = SimulatorWorld.MakePlain(seed);
            for (int i = 0; i < Calls; i++)
                world.NextCall()(world.Simulator);
            LayerTree[] layers = [world.Simulator.ReadUpper()!, .. Enumerable.Range(0, world.LowerCount).Select(world.Simulator.ReadLower)];
            Assert.Equal(LayerMerge.Show(layers), SimulatorWorld.ShowView(world.Simulator));
        },
        iter: Worlds);

    private static string[] ShowLowers(SimulatorWorld world) =>
        [.. Enumerable.Range(0, world.LowerCount).Select(i => SimulatorWorld.Show(world.Simulator.ReadLower(i)))];
}
