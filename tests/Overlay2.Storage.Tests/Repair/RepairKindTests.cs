using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Nothing of an action or a predicate can be forgotten: each is in its table, has an example here, and is what it has to be.</summary>
public sealed class RepairKindTests
{
    private static readonly string s_recorded = Repository.Data("repair", "every-kind.json");

    public static TheoryData<string> ActionNames => [.. RepairExamples.Actions.Select(static example => example.Name)];

    public static TheoryData<string> PredicateNames => [.. RepairExamples.Predicates.Select(static example => example.Name)];

    [Fact]
    public void Every_action_is_in_the_table_once_and_has_an_example() =>
        AssertWhole(typeof(RepairAction), RepairExamples.Actions.Select(static example => (example.Name, example.Good.GetType())));

    [Fact]
    public void Every_predicate_is_in_the_table_once_and_has_an_example() =>
        AssertWhole(typeof(RepairPredicate), RepairExamples.Predicates.Select(static example => (example.Name, example.Example.GetType())));

    /// <summary>The format is version 1 as long as a plan that was saved once is the same file today. A new kind is a new line of the record: run with UPDATE_RECORDED=1.</summary>
    [Fact]
    public void A_plan_with_everything_is_saved_as_it_always_was()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            RepairExamples.PlanOf(
            [
                .. RepairExamples.Actions.Select(static example => RepairExamples.StepOf(example.Good) with { Undo = [example.Good] }),
                RepairExamples.Step(RepairExamples.Actions[0].Good, [.. RepairExamples.Predicates.Select(static example => example.Example)], [.. RepairExamples.OtherPredicates]),
            ]),
            RepairJsonContext.Indented.RepairPlan);
        if (Environment.GetEnvironmentVariable("UPDATE_RECORDED") == "1")
            File.WriteAllBytes(s_recorded, json);

        Assert.Equal(File.ReadAllText(s_recorded), System.Text.Encoding.UTF8.GetString(json));
    }

    [Theory]
    [MemberData(nameof(ActionNames))]
    public void An_action_survives_saving(string name)
    {
        RepairPlan plan = RepairExamples.PlanOf(RepairExamples.StepOf(Find(name).Good));

        var read = RepairPlan.Parse(plan.ToJson());

        Assert.Equal(plan.Steps[0].Action, read.Steps[0].Action);
        Assert.Equal(plan.ToJson(), read.ToJson());
    }

    [Theory]
    [MemberData(nameof(PredicateNames))]
    public void A_predicate_survives_saving(string name)
    {
        RepairPredicate example = RepairExamples.Predicates.First(other => other.Name == name).Example;
        RepairPlan plan = RepairExamples.PlanOf(RepairExamples.Step(RepairExamples.Actions[0].Good, [example], [example]));

        var read = RepairPlan.Parse(plan.ToJson());

        Assert.Equal(example.GetType(), read.Steps[0].Preconditions[0].GetType());
        Assert.Equal(plan.ToJson(), read.ToJson());
    }

    [Fact]
    public void A_plan_read_twice_has_equal_steps_and_alternatives()
    {
        RepairPredicate[] all = [.. RepairExamples.Predicates.Select(static example => example.Example), .. RepairExamples.OtherPredicates];
        RepairStep[] steps = [.. RepairExamples.Actions.Where(static example => example.Good is not PurgeAction).Select(example => RepairExamples.Step(example.Good, [.. all], [.. all]) with { Undo = [example.Good] })];
        RepairPlan plan = RepairExamples.PlanOf([.. steps]) with { Alternatives = [new RepairCourse("other", "why", RepairRisk.R2, [.. steps], []), new RepairCourse("by hand", "why", RepairRisk.R2, [], ["a", "b"])] };
        byte[] json = plan.ToJson();
        RepairPlan one = RepairPlan.Parse(json);
        RepairPlan two = RepairPlan.Parse(json);

        Assert.True(one.Steps.SequenceEqual(two.Steps));
        Assert.True(one.Alternatives.SequenceEqual(two.Alternatives));
        Assert.Equal(one.Steps.Select(static step => step.GetHashCode()), two.Steps.Select(static step => step.GetHashCode()));
        Assert.Equal(one.Alternatives.Select(static course => course.GetHashCode()), two.Alternatives.Select(static course => course.GetHashCode()));
        Assert.Empty(one.Choose(two.Alternatives[0]).Alternatives.Where(course => !course.Steps.IsEmpty));

        RepairStep step = one.Steps[0];
        RepairStep[] others =
        [
            step with { Title = "x" }, step with { Effect = "x" }, step with { Risk = RepairRisk.R3 }, step with { Action = steps[1].Action }, step with { Undo = [] },
            step with { Preconditions = step.Preconditions.RemoveAt(0) }, step with { Postconditions = step.Postconditions.RemoveAt(0) },
            step with { Preconditions = [.. step.Preconditions.Select(static predicate => predicate is LayerUnusedPredicate layer ? layer with { ShortNames = [] } : predicate)] },
        ];
        Assert.All(others, other => Assert.NotEqual(step, other));
        Assert.All(one.Alternatives, course => Assert.NotEqual(course, course with { Steps = [step], Instructions = ["x"] }));
    }

    [Theory]
    [InlineData("undo")]
    [InlineData("effect")]
    [InlineData("action")]
    [InlineData("preconditions")]
    public void A_step_without_a_part_is_refused_for_that(string part)
    {
        var json = JsonNode.Parse(RepairExamples.PlanOf(RepairExamples.StepOf(RepairExamples.Actions[0].Good)).ToJson())!;
        Assert.True(json["plan"]!["steps"]![0]!.AsObject().Remove(part));

        string reason = Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()))).Message;

        Assert.Contains("required", reason, StringComparison.Ordinal);
        Assert.Contains($"'{part}'", reason, StringComparison.Ordinal);
    }

    /// <summary>What a caller reads in the place of the records: the name in the plan's JSON, conditions in words, lines for a shell.</summary>
    [Theory]
    [MemberData(nameof(ActionNames))]
    public void A_step_tells_what_it_does(string name)
    {
        RepairStep step = RepairExamples.StepOf(Find(name).Good);
        step = step with { Undo = [step.Action, step.Action] };

        Assert.Equal(name, step.Kind);
        Assert.Equal([step.ShellLine, step.ShellLine], step.UndoShellLines);
    }

    [Fact]
    public void A_step_tells_its_conditions_in_words_and_in_order()
    {
        RepairPredicate[] all = [.. RepairExamples.Predicates.Select(static example => example.Example), .. RepairExamples.OtherPredicates];
        RepairStep step = RepairExamples.Step(RepairExamples.Actions[0].Good, [.. all], [.. all.Reverse()]);

        Assert.Equal(all.Select(static predicate => predicate.Describe()), step.Requires);
        Assert.Equal(step.Requires.Reverse(), step.Ensures);
        Assert.Equal(step.Requires.Length, step.Requires.Distinct(StringComparer.Ordinal).Count());
        Assert.All(step.Requires, words => Assert.NotEqual("", words));
    }

    [Theory]
    [MemberData(nameof(ActionNames))]
    public void A_plan_from_anywhere_is_checked_for_what_an_action_may_not_do(string name)
    {
        (_, RepairAction good, RepairAction? bad) = Find(name);
        RepairPlan plan = RepairExamples.PlanOf(RepairExamples.StepOf(good));
        RepairPlan forbidden = bad is null ? plan with { Policy = RepairPolicy.Default } : RepairExamples.PlanOf(RepairExamples.StepOf(bad));
        _ = RepairPlan.Parse(plan.ToJson());

        Assert.StartsWith("Step 1 ", Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(forbidden.ToJson())).Message, StringComparison.Ordinal);
        RepairPlan undone = RepairExamples.PlanOf(RepairExamples.StepOf(RepairExamples.Actions[0].Good) with { Undo = [bad ?? good] });
        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse((bad is null ? undone with { Policy = RepairPolicy.Default } : undone).ToJson()));
    }

    [Theory]
    [MemberData(nameof(ActionNames))]
    public void An_action_has_a_line_for_a_shell_and_is_run_by_a_script_or_has_a_reason(string name)
    {
        RepairStep step = RepairExamples.StepOf(Find(name).Good);
        ScriptPart part = step.Action.ToScript();
        string script = RepairExamples.PlanOf(step).ToShellScript();

        Assert.Equal(part.Text, step.ShellLine);
        Assert.NotEmpty(step.ShellLine);
        AssertGiven(part, script, $"{{ {part.Text}; }} || fail 'step 1 failed'\n");
    }

    [Fact]
    public void A_script_has_the_guard_of_every_predicate_or_refuses_the_step()
    {
        RepairPredicate[] all = [.. RepairExamples.Predicates.Select(static example => example.Example), .. RepairExamples.OtherPredicates];
        foreach (RepairPredicate predicate in all)
        {
            ScriptPart guard = predicate.ToScript();
            string before = RepairExamples.PlanOf(RepairExamples.Step(RepairExamples.Actions[0].Good, [predicate], [])).ToShellScript();
            string after = RepairExamples.PlanOf(RepairExamples.Step(RepairExamples.Actions[0].Good, [], [predicate])).ToShellScript();

            AssertGiven(guard, before, Guard(guard, "step 1 is not possible any more"));
            AssertGiven(guard, after, Guard(guard, "step 1 did not do what it should"));
        }

        // All of them in one script: none takes the place of another.
        ScriptPart[] guards = [.. all.Select(static predicate => predicate.ToScript()).Where(static guard => guard.WhyNot.Length == 0)];
        string whole = RepairExamples.PlanOf(RepairExamples.Step(RepairExamples.Actions[0].Good, [.. all.Where(static predicate => predicate.ToScript().WhyNot.Length == 0)], [])).ToShellScript();
        Assert.All(guards, guard => Assert.Contains(Guard(guard, "step 1 is not possible any more"), whole, StringComparison.Ordinal));
    }

    /// <summary>What a script cannot look at is what only an engine or another mount namespace shows, or what no plan makes.</summary>
    [Fact]
    public void Only_the_predicates_of_the_engine_have_no_guard_at_all() =>
        Assert.Equal(["container", "engine"], RepairExamples.Predicates.Where(static example => example.Example.ToScript().WhyNot.Length > 0).Select(static example => example.Name));

    [Fact]
    public async Task The_scripts_of_all_actions_and_predicates_please_shellcheck()
    {
        RepairPredicate[] predicates = [.. RepairExamples.Predicates.Select(static example => example.Example), .. RepairExamples.OtherPredicates];
        RepairStep[] steps =
        [
            .. RepairExamples.Actions.Where(static example => example.Good is not PurgeAction).Select(static example => example.Good).Concat(RepairExamples.OtherActions).Select(RepairExamples.StepOf),
            .. predicates.Where(static predicate => predicate.ToScript().WhyNot.Length == 0).Select(static predicate => RepairExamples.Step(RepairExamples.Actions[0].Good, [predicate], [predicate])),
        ];

        // A step that is not for a script ends it, and nothing is looked at behind that.
        string[] scripts =
        [
            RepairExamples.PlanOf([.. steps.Where(static step => step.Action.ToScript().WhyNot.Length == 0)]).ToShellScript(),
            .. steps.Where(static step => step.Action.ToScript().WhyNot.Length > 0).Select(static step => RepairExamples.PlanOf(step).ToShellScript()),
            RepairExamples.PlanOf(RepairExamples.StepOf(RepairExamples.Actions.First(static example => example.Good is PurgeAction).Good)).ToShellScript(),
        ];
        foreach (string script in scripts)
        {
            (int exitCode, string output) = await Check(script);
            Assert.True(exitCode == 0, output);
        }
    }

    private static async Task<(int ExitCode, string Output)> Check(string script)
    {
        Process? started = null;
        try
        {
            started = Process.Start(new ProcessStartInfo("shellcheck", ["-"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("shellcheck is not installed");
        }

        using Process process = started!;
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private static void AssertGiven(ScriptPart part, string script, string line)
    {
        if (part.WhyNot.Length == 0)
        {
            Assert.NotEmpty(part.Text);
            Assert.Contains(line, script, StringComparison.Ordinal);
            return;
        }

        Assert.Contains($"# {part.WhyNot}\n", script, StringComparison.Ordinal);
        Assert.Contains("fail 'step 1 is not for a script'\n", script, StringComparison.Ordinal);
        Assert.DoesNotContain("|| fail 'step 1", script, StringComparison.Ordinal);
    }

    private static string Guard(ScriptPart guard, string message) => $"{guard.Text} || fail '{message}'\n";

    private static (string Name, RepairAction Good, RepairAction? Bad) Find(string name) => RepairExamples.Actions.First(example => example.Name == name);

    private static void AssertWhole(Type kind, IEnumerable<(string Name, Type Type)> examples)
    {
        IEnumerable<string> types = kind.Assembly.GetTypes().Where(type => type.IsSubclassOf(kind) && !type.IsAbstract).Select(static type => type.Name).Order(StringComparer.Ordinal);
        (string Name, string Type)[] table = [.. kind.GetCustomAttributes<JsonDerivedTypeAttribute>().Select(static line => (line.TypeDiscriminator as string ?? "", line.DerivedType.Name)).Order()];

        Assert.Equal(types, table.Select(static line => line.Type).Order(StringComparer.Ordinal));
        Assert.Equal(table, examples.Select(static example => (example.Name, example.Type.Name)).Order());
        Assert.Equal(table.Length, table.Select(static line => line.Name).Distinct(StringComparer.Ordinal).Count());
    }
}
