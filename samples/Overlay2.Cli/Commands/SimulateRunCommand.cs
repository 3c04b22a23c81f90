using System.Buffers;
using System.CommandLine;
using System.IO.Compression;
using Overlay2.Cli.Output;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Scenarios;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 simulate run</c>: answers recorded questions as a kernel would.</summary>
internal static class SimulateRunCommand
{
    private const string Description = """
        Answers the questions in IN as the kernel would, and writes them with the answers to OUT.
        Both are files of one JSON object a line; a name that ends in .gz is compressed.
        A mount question has the members kind ("mount"), case, params, layout and options; a scenario has layers, config and ops.
        Without --kernel-profile a scenario is answered for the kernel it names, a mount question for 6.18.

        Examples:
          overlay2 simulate run mount-matrix.jsonl.gz answers.jsonl
          overlay2 simulate run --kernel-profile 5.10 questions.jsonl answers.jsonl
        """;

    private const int WrittenAtOnce = 1 << 16;

    /// <summary>The kernel whose recordings the simulator was made with, with the defaults of its configuration.</summary>
    private static readonly KernelVersion s_defaultKernel = new(6, 18, 44);

    public static Command CreateGroup() => new("simulate", "What would happen, without doing it.") { Subcommands = { Create(), SimulateShellCommand.Create() } };

    private static Command Create()
    {
        var input = new Argument<string>("IN") { Description = "The questions." };
        var output = new Argument<string>("OUT") { Description = "Takes the questions with their answers, whole or not at all; - is the standard output." };
        var kernel = new KernelProfileArgument();

        var command = new Command("run", Description) { Arguments = { input, output } };
        kernel.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await RunAsync(parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), kernel.Load(parsed), cancel);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task RunAsync(string input, string output, KernelProfile? profile, CancellationToken cancel)
    {
        int number = 0;
        try
        {
            using NamedOutput file = NamedOutput.Open(output);
            await using (GZipStream? compressed = JsonLines.Compress(file.Content, output))
            {
                Stream answers = compressed ?? file.Content;
                var answer = new ArrayBufferWriter<byte>();
                await foreach (ReadOnlyMemory<byte> line in JsonLines.ReadAsync(input))
                {
                    number++;
                    Answer(line, profile, answer);
                    answer.Write("\n"u8);
                    if (answer.WrittenCount < WrittenAtOnce)
                        continue;
                    await answers.WriteAsync(answer.WrittenMemory, cancel);
                    answer.ResetWrittenCount();
                }

                await answers.WriteAsync(answer.WrittenMemory, cancel);
            }

            file.Commit();
        }
        catch (FormatException e)
        {
            throw new InputException($"{input}, line {number}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InputException(e.Message, e);
        }
    }

    private static void Answer(ReadOnlyMemory<byte> line, KernelProfile? profile, IBufferWriter<byte> answer)
    {
        if (MountMatrix.IsCase(line.Span))
            MountMatrix.Answer(line.Span, profile ?? KernelProfile.Defaults(s_defaultKernel), answer);
        else
            ScenarioRunner.Answer(line, profile, TimeProvider.System, answer);
    }
}
